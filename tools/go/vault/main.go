// Command vault is HashiCorp Vault with the few engines that the tests use: KV, Transit, and the AppRole, JWT and
// Kubernetes logins. Core, policies, seal, storage, audit and HTTP API are Vault's own.
//
// Vault's command line links every cloud's SDK, which makes it four times as large and as slow to build.
//
//	vault --listen 127.0.0.1:8200 --storage DIR [--certificate FILE --key FILE [--client-ca FILE]]
//
// The server starts sealed; POST /v1/sys/init and /v1/sys/unseal do the rest, as with any Vault.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	log "github.com/hashicorp/go-hclog"
	jwt "github.com/hashicorp/vault-plugin-auth-jwt"
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	"github.com/hashicorp/vault/builtin/credential/approle"
	"github.com/hashicorp/vault/builtin/logical/transit"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

var secretEngines = map[string]logical.Factory{"kv": kv.Factory, "transit": transit.Factory}

var logins = map[string]logical.Factory{"approle": approle.Factory, "jwt": jwt.Factory, "kubernetes": kubernetes.Factory}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func serve() error {
	listen := flag.String("listen", "127.0.0.1:8200", "host and port; port 0 takes a free one")
	storage := flag.String("storage", "", "folder of the data; memory if empty")
	certificate := flag.String("certificate", "", "PEM file: serve TLS with this certificate")
	key := flag.String("key", "", "PEM file: the certificate's key")
	clientCA := flag.String("client-ca", "", "PEM file: take only clients with a certificate of this authority")
	level := flag.String("log-level", "warn", "error, warn, info, debug or trace")
	flag.Parse()

	logger := log.New(&log.LoggerOptions{Name: "vault", Level: log.LevelFromString(*level), Output: os.Stderr})
	backend, err := openStorage(*storage, logger)
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           backend,
		StorageType:        "file",
		Logger:             logger,
		DisableMlock:       true,
		BuiltinRegistry:    registry{},
		LogicalBackends:    secretEngines,
		CredentialBackends: logins,
		AuditBackends:      map[string]audit.Factory{"file": audit.NewFileBackend},
	})
	if err != nil {
		return fmt.Errorf("core: %w", err)
	}

	listener, err := listenOn(*listen, *certificate, *key, *clientCA)
	if err != nil {
		return err
	}
	handler := vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core:           core,
		ListenerConfig: &configutil.Listener{Type: "tcp", MaxRequestSize: vaulthttp.DefaultMaxRequestSize},
	})
	// Whoever started us waits for this line.
	fmt.Printf("listening on %s\n", listener.Addr())

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	served := make(chan error, 1)
	go func() { served <- http.Serve(listener, handler) }()
	select {
	case err := <-served:
		return err
	case <-stop:
		return core.Shutdown()
	}
}

func openStorage(folder string, logger log.Logger) (physical.Backend, error) {
	if folder == "" {
		return inmem.NewInmem(nil, logger)
	}
	return file.NewFileBackend(map[string]string{"path": folder}, logger)
}

func listenOn(address, certificate, key, clientCA string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil || certificate == "" {
		return listener, err
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clientCA != "" {
		pem, err := os.ReadFile(clientCA)
		if err != nil {
			return nil, err
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s: no certificate in it", clientCA)
		}
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return tls.NewListener(listener, config), nil
}

// registry tells Vault's plugin catalog what is built in.
type registry struct{}

func (registry) engines(kind consts.PluginType) map[string]logical.Factory {
	switch kind {
	case consts.PluginTypeSecrets:
		return secretEngines
	case consts.PluginTypeCredential:
		return logins
	default:
		return nil
	}
}

func (r registry) Get(name string, kind consts.PluginType) (func() (any, error), bool) {
	factory, ok := r.engines(kind)[name]
	return func() (any, error) { return factory, nil }, ok
}

func (r registry) Contains(name string, kind consts.PluginType) bool {
	_, ok := r.engines(kind)[name]
	return ok
}

func (r registry) Keys(kind consts.PluginType) []string {
	var names []string
	for name := range r.engines(kind) {
		names = append(names, name)
	}
	return names
}

func (r registry) DeprecationStatus(name string, kind consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, r.Contains(name, kind)
}

func (registry) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }
