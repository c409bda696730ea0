// Command pulumi-resource-kubernetes is the Kubernetes provider of Pulumi, built from its published module.
//
// The module keeps its own main package out of reach (it embeds files that its release build generates), so this one
// serves the same provider. The two embedded files are copied from the module at build time; they are not in Git.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
