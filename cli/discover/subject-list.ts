import { show } from "../../nats/problem.ts";
import { subjectProblem } from "../../nats/subjects.ts";

/** Subjects of an annotation, or what is wrong with it, in words that fit after its name. */
export type SubjectList = { readonly subjects: string[] } | { readonly problem: string };

/** Reads subjects between commas or line feeds. @param queue whether a queue group may follow a subject, after a space */
export function parseSubjects(text: string, queue: boolean): SubjectList {
  const subjects = text
    .split(/[,\n]/)
    .map((subject) => subject.trim())
    .filter((subject) => subject !== "");
  for (const subject of subjects) {
    const problem = subjectProblem(subject, { wildcards: true, queue });
    if (problem !== undefined) return { problem: `found ${show(subject)}, but ${problem}` };
  }
  return { subjects: [...new Set(subjects)].sort() };
}
