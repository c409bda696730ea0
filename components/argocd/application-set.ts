import type { Fleet } from "../../config/argocd/application-schema.ts";
import { LABELS } from "../../config/argocd/labels.ts";
import type { PlannedApplication } from "../../config/argocd/plan.ts";
import type { ManifestArgs } from "../target/index.ts";
import {
  afterwards,
  annotationsOf,
  type ApplicationSettingsOf,
  destinationSpec,
  renderingSpec,
  repositorySpec,
  RESOURCES_FINALIZER,
} from "./application.ts";
import { rollingSync } from "./rollout.ts";
import { syncPolicy } from "./sync-policy.ts";

/**
 * An ApplicationSet that makes the Applications of a fleet: the same that the program would make. What is the same in all of them
 * and what is text stands in the template, the rest in each element's `patch`: the controller puts that in by `templatePatch`, and
 * does not read templates in what comes out (argo-cd 3.2, applicationset/controllers/template). It takes a null out of a patch.
 *
 * `applicationsSync` is left to the controller, whose default makes, changes and deletes Applications: with `removal: keep` an
 * Application that goes leaves its workloads.
 *
 * @param planned The Applications of the fleet: at least one.
 */
export function applicationSet(
  name: string,
  fleet: Fleet,
  planned: readonly PlannedApplication[],
  argocd: ApplicationSettingsOf,
): ManifestArgs["ApplicationSet"] {
  const [first] = planned;
  if (first === undefined) throw new Error(`The fleet ${name} has no Applications.`);
  const rolling = fleet.rollout.length > 0;
  const regions = [...new Set(planned.flatMap((it) => it.regions))];
  const isKept = fleet.removal === "keep";
  return {
    metadata: { name, namespace: argocd.namespace, labels: { [LABELS.fleet]: name } },
    spec: {
      goTemplate: true,
      goTemplateOptions: ["missingkey=error"],
      generators: [{ list: { elements: planned.map(element) } }],
      template: {
        metadata: {
          name: "{{ .name }}",
          labels: { [LABELS.region]: "{{ .region }}", [LABELS.fleet]: name, [LABELS.component]: "{{ .component }}" },
          ...(isKept ? {} : { finalizers: [RESOURCES_FINALIZER] }),
        },
        spec: {
          project: argocd.project.name,
          source: {
            ...asText(repositorySpec(first, argocd)),
            ...("path" in first.source ? { path: "{{ .path }}" } : { chart: "{{ .chart }}" }),
          },
          destination: { namespace: "{{ .namespace }}" },
          syncPolicy: syncPolicy(first.sync, { version: argocd.version, rolling }),
          ...asText(afterwards(first)),
        },
      },
      templatePatch: "{{ toJson .patch }}",
      ...(isKept ? { syncPolicy: { preserveResourcesOnDeletion: true } } : {}),
      ...(rolling ? { strategy: rollingSync(fleet.rollout, regions) } : {}),
    },
  };
}

function element(planned: PlannedApplication): Record<string, unknown> {
  const { namespace, ...cluster } = destinationSpec(planned.destination);
  const annotations = annotationsOf(planned);
  return {
    name: planned.name,
    region: planned.labels[LABELS.region],
    component: planned.labels[LABELS.component],
    namespace,
    ...planned.source,
    patch: {
      ...(annotations === undefined ? {} : { metadata: { annotations } }),
      spec: { source: renderingSpec(planned), destination: cluster },
    },
  };
}

/** The value, in which a template finds no template. */
function asText<Value>(value: Value): Value {
  if (typeof value === "string") return value.replaceAll("{{", '{{ "{{" }}') as Value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(asText) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, asText(it)])) as Value;
}
