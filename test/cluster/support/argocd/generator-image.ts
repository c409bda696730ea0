import type { Image } from "../../../../tools/cluster/images.ts";
import { programOfRing } from "../control-plane.ts";

/** The image of a chart's generator: a shell, and kubectl. */
export function generatorImage(): Image {
  return {
    name: "docker.io/library/kubectl:ring",
    programs: { "usr/local/bin/kubectl": programOfRing("kubectl") },
    entryPoint: ["kubectl"],
  };
}
