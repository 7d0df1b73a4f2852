/** Which methods there are at which paths. */
export class RouteMethods {
  private readonly routes: { path: RegExp; methods: readonly string[] }[] = [];

  /** `pattern` as Fastify has it, with `:parameter` segments and `*`. */
  add(pattern: string, methods: readonly string[]): void {
    const text = pattern
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[^/]+/g, '[^/]+')
      .replaceAll('*', '.*');
    this.routes.push({ path: new RegExp(`^${text}/?$`), methods });
  }

  /** Those of a path; none where there is nothing. */
  at(path: string): string[] {
    return [...new Set(this.routes.flatMap((route) => (route.path.test(path) ? route.methods : [])))].sort();
  }
}
