/** Whether a name fits a pattern in which `*` stands for any run of characters. */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = glob
    .split("*")
    .map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(name);
}
