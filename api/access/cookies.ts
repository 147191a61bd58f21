/** On https the browser itself then refuses a cookie that another host or path tries to plant. */
function nameFor(publicUrl: string, name: string): string {
  return publicUrl.startsWith('https:') ? `__Host-${name}` : name;
}

export const sessionCookie = (publicUrl: string) => nameFor(publicUrl, 'millrace_session');
export const signInCookie = (publicUrl: string) => nameFor(publicUrl, 'millrace_sign_in');
