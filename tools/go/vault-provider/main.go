// Command pulumi-resource-vault is Pulumi's Vault provider for the resources that components/vault makes.
//
// Pulumi publishes its provider as a binary only; what it bridges, HashiCorp's Terraform provider, and the bridge are Go
// modules. Tokens are those of @pulumi/vault 7.8.0.
package main

import (
	"github.com/hashicorp/terraform-provider-vault/schema"
	"github.com/hashicorp/terraform-provider-vault/vault"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Set by the linker to the version of @pulumi/vault that the project uses.
var version = "7.8.0"

var resources = map[string]tokens.Type{
	"vault_audit":                          "vault:index/audit:Audit",
	"vault_auth_backend":                   "vault:index/authBackend:AuthBackend",
	"vault_jwt_auth_backend":               "vault:jwt/authBackend:AuthBackend",
	"vault_jwt_auth_backend_role":          "vault:jwt/authBackendRole:AuthBackendRole",
	"vault_kubernetes_auth_backend_config": "vault:kubernetes/authBackendConfig:AuthBackendConfig",
	"vault_kubernetes_auth_backend_role":   "vault:kubernetes/authBackendRole:AuthBackendRole",
	"vault_kv_secret_backend_v2":           "vault:kv/secretBackendV2:SecretBackendV2",
	"vault_mount":                          "vault:index/mount:Mount",
	"vault_policy":                         "vault:index/policy:Policy",
	"vault_transit_secret_backend_key":     "vault:transit/secretBackendKey:SecretBackendKey",
}

func main() {
	infos := map[string]*tfbridge.ResourceInfo{}
	for name, token := range resources {
		infos[name] = &tfbridge.ResourceInfo{Tok: token}
	}
	bridged := shimv2.NewProvider(schema.NewProvider(vault.Provider()).SchemaProvider())
	info := tfbridge.ProviderInfo{
		P:            bridged,
		Name:         "vault",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources:    infos,
	}
	tfbridge.Main("vault", version, info, []byte("{}"))
}
