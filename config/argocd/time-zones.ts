const etc = ["UTC", "GMT", ...Array.from({ length: 14 }, (_, hours) => `GMT-${String(hours + 1)}`)];
const west = Array.from({ length: 12 }, (_, hours) => `GMT+${String(hours + 1)}`);
/** Names that are no longer those of the IANA, and today's. Debian and Ubuntu have the old ones in a package of their own. */
const today: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Zones as the IANA writes them. Of several names for one, `Intl` lists one, and often not today's. */
const known = new Set([
  ...Intl.supportedValuesOf("timeZone").map((zone) => today[zone] ?? zone),
  ...["UTC", "GMT", ...[...etc, ...west].map((name) => `Etc/${name}`)],
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
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions();
    return today[timeZone] ?? timeZone;
  } catch {
    return undefined;
  }
}
