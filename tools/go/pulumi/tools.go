//go:build tools

// Package tools pins the Pulumi command line, which the bootstrap builds where it can't be downloaded.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
