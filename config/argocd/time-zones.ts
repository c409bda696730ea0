const etc = ["UTC", "GMT", ...Array.from({ length: 14 }, (_, hours) => `GMT-${String(hours + 1)}`)];
const west = Array.from({ length: 12 }, (_, hours) => `GMT+${String(hours + 1)}`);
const cities = {
  Africa: "Asmara",
  America:
    "Argentina/Buenos_Aires Argentina/Catamarca Argentina/Cordoba Argentina/Jujuy Argentina/Mendoza Atikokan Indiana/Indianapolis Kentucky/Louisville Nuuk",
  Asia: "Ho_Chi_Minh Kathmandu Kolkata Yangon",
  Atlantic: "Faroe",
  Europe: "Kyiv",
  Pacific: "Chuuk Kanton Pohnpei",
  US: "Alaska Aleutian Arizona Central East-Indiana Eastern Hawaii Indiana-Starke Michigan Mountain Pacific Samoa",
};

/** Zones as the IANA writes them. Of several names for one, `Intl` lists one, and often not today's. */
const known = new Set([
  ...Intl.supportedValuesOf("timeZone"),
  ...["UTC", "GMT", ...[...etc, ...west].map((name) => `Etc/${name}`)],
  ...Object.entries(cities).flatMap(([area, names]) => names.split(" ").map((name) => `${area}/${name}`)),
]);

/** Argo CD takes UTC, and says so in its log only, for a zone that it does not know: Go knows them by their exact names. */
export function zoneProblem(zone: string): string | undefined {
  if (known.has(zone)) return undefined;
  const allowed = "a time zone is needed here as the IANA names it, such as Europe/Berlin or UTC";
  const meant = [...known].find((it) => it.toLowerCase() === zone.toLowerCase()) ?? resolved(zone);
  return meant === undefined ? allowed : `${allowed}; did you mean ${meant}?`;
}

/** The zone that an old name is for. */
function resolved(zone: string): string | undefined {
  if (!/^[A-Za-z]/.test(zone)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
