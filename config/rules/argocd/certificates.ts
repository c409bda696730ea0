import { X509Certificate } from "node:crypto";
import { secretForm } from "../../secret-forms.ts";
import type { Finding, Path } from "../../problem.ts";

/** A certificate in PEM, or several, and no key beside it. */
export function* certificateProblem(text: string | undefined, path: Path): Generator<Finding> {
  if (text === undefined) return;
  const secret = secretForm(text);
  if (secret !== undefined) {
    const allowed = "this field is in plain text: the certificate alone belongs here, and the key into a secret value";
    yield { path, found: `${secret} (not shown)`, allowed };
    return;
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length > 0 && certificates.every(isCertificate)) return;
  yield {
    path,
    found: "a text that is no certificate",
    allowed: "a certificate in PEM is needed here (-----BEGIN CERTIFICATE-----)",
  };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
