import { z } from 'zod';
import { language } from '../../shared/contracts/common.ts';
import { servedRegions } from '../../shared/contracts/regions.ts';
import { isLanguage } from '../../shared/languages.ts';
import { regionLanguages } from '../../shared/region-languages.ts';
import { route } from '../route.ts';

const daySeconds = 24 * 3600;

export const regionRoutes = [
  route({
    method: 'get',
    path: '/api/regions',
    tag: 'Categories',
    summary: 'The regions that are served, with their names and languages',
    description: 'What views come from and what has a trending list. A video may name other regions too.',
    action: 'category.read',
    hotSeconds: 0,
    query: z.strictObject({
      language: language.default('en').meta({ description: 'That the names are in' }),
    }),
    replies: { 200: { description: 'Every region, as configured', schema: servedRegions } },
    errors: [],
    handle({ query, context: { config } }) {
      const names = new Intl.DisplayNames([query.language, 'en'], { type: 'region' });
      const items = config.REGIONS.map((region) => ({
        region,
        name: names.of(region) ?? region,
        languages: languagesOf(region),
        isRtl: config.RTL_REGIONS.includes(region),
      }));
      return {
        status: 200,
        body: { items, nextCursor: null },
        headers: { 'Cache-Control': `public, max-age=${daySeconds}` },
      };
    },
  }),
];

/** Of a region that is not in the table: the likeliest one (Unicode CLDR, likely subtags). */
function languagesOf(region: string): readonly string[] {
  const known = regionLanguages[region];
  if (known) return known;
  const { language } = new Intl.Locale('und', { region }).maximize();
  return isLanguage(language) ? [language] : [];
}
