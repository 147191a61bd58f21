const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'da', 'sv', 'fi', 'cs', 'ar', 'hi'] as const;

/** The id, that of the parent if it has one, and the name in each of the languages. */
const table: readonly (readonly [path: string, names: string])[] = [
  ['film', 'Film|Film|Cinéma|Cine|Cinema|Cinema|Film|Film|Film|Elokuvat|Film|أفلام|फ़िल्म'],
  [
    'film/documentary',
    'Documentaries|Dokumentarfilme|Documentaires|Documentales|Documentari|Documentários|Documentaires|Dokumentarfilm|Dokumentärer|Dokumentit|Dokumenty|وثائقيات|वृत्तचित्र',
  ],
  [
    'film/animation',
    'Animation|Animation|Animation|Animación|Animazione|Animação|Animatie|Animation|Animation|Animaatio|Animace|رسوم متحركة|एनिमेशन',
  ],
  ['music', 'Music|Musik|Musique|Música|Musica|Música|Muziek|Musik|Musik|Musiikki|Hudba|موسيقى|संगीत'],
  [
    'news',
    'News|Nachrichten|Actualités|Noticias|Notizie|Notícias|Nieuws|Nyheder|Nyheter|Uutiset|Zprávy|أخبار|समाचार',
  ],
  ['sport', 'Sport|Sport|Sport|Deportes|Sport|Esportes|Sport|Sport|Sport|Urheilu|Sport|رياضة|खेल'],
  [
    'sport/football',
    'Football|Fußball|Football|Fútbol|Calcio|Futebol|Voetbal|Fodbold|Fotboll|Jalkapallo|Fotbal|كرة القدم|फ़ुटबॉल',
  ],
  ['nature', 'Nature|Natur|Nature|Naturaleza|Natura|Natureza|Natuur|Natur|Natur|Luonto|Příroda|طبيعة|प्रकृति'],
  [
    'nature/animals',
    'Animals|Tiere|Animaux|Animales|Animali|Animais|Dieren|Dyr|Djur|Eläimet|Zvířata|حيوانات|जानवर',
  ],
  [
    'science',
    'Science|Wissenschaft|Sciences|Ciencia|Scienza|Ciência|Wetenschap|Videnskab|Vetenskap|Tiede|Věda|علوم|विज्ञान',
  ],
  [
    'technology',
    'Technology|Technik|Technologie|Tecnología|Tecnologia|Tecnologia|Technologie|Teknologi|Teknik|Teknologia|Technika|تكنولوجيا|प्रौद्योगिकी',
  ],
  [
    'education',
    'Education|Bildung|Éducation|Educación|Istruzione|Educação|Onderwijs|Uddannelse|Utbildning|Koulutus|Vzdělávání|تعليم|शिक्षा',
  ],
  ['gaming', 'Gaming|Spiele|Jeux vidéo|Videojuegos|Videogiochi|Jogos|Games|Spil|Spel|Pelit|Hry|ألعاب|गेमिंग'],
  [
    'comedy',
    'Comedy|Comedy|Humour|Humor|Commedia|Comédia|Comedy|Komedie|Komedi|Komedia|Komedie|كوميديا|हास्य',
  ],
  ['travel', 'Travel|Reisen|Voyages|Viajes|Viaggi|Viagens|Reizen|Rejser|Resor|Matkailu|Cestování|سفر|यात्रा'],
  ['food', 'Food|Essen|Cuisine|Comida|Cucina|Comida|Eten|Mad|Mat|Ruoka|Jídlo|طعام|भोजन'],
  ['art', 'Art|Kunst|Art|Arte|Arte|Arte|Kunst|Kunst|Konst|Taide|Umění|فن|कला'],
  [
    'lifestyle',
    'Lifestyle|Lifestyle|Art de vivre|Estilo de vida|Stile di vita|Estilo de vida|Lifestyle|Livsstil|Livsstil|Elämäntapa|Životní styl|أسلوب حياة|जीवनशैली',
  ],
  ['children', 'Children|Kinder|Enfants|Niños|Bambini|Crianças|Kinderen|Børn|Barn|Lapset|Děti|أطفال|बच्चे'],
  [
    'business',
    'Business|Wirtschaft|Économie|Negocios|Economia|Negócios|Zakelijk|Erhverv|Näringsliv|Talous|Ekonomika|أعمال|व्यापार',
  ],
];

/** The categories that a new installation begins with; administrators change them as they like. */
export const usualCategories = table.map(([path, names], order) => {
  const [id = '', parentId = null] = path.split('/').reverse();
  const words = names.split('|');
  return {
    _id: id,
    parentId,
    order,
    names: Object.fromEntries(languages.map((language, at) => [language, words[at] ?? id])),
  };
});
