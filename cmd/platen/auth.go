package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/dicode/platen/api"
)

// authFlags say who may call.
type authFlags struct {
	Issuer    string   `name:"token-issuer" placeholder:"URL" help:"Issuer that tokens must have. Without tokens and client certificates everybody is the tenant default, and the server listens on loopback only."`
	Audience  string   `name:"token-audience" placeholder:"NAME" help:"Audience that tokens must have."`
	JWKS      string   `name:"token-jwks" placeholder:"URL" help:"JSON Web Key Set with which tokens are checked."`
	KeyFile   string   `name:"token-key-file" placeholder:"FILE" help:"Public key (PEM) with which tokens are checked, instead of a key set."`
	Algorithm []string `name:"token-algorithm" placeholder:"NAME" help:"Signature algorithms that are accepted. Default: RS256, ES256, EdDSA."`
	Claim     string   `name:"token-tenant-claim" default:"tenant" help:"Claim that names the tenant."`

	ClientCA     string   `name:"client-ca-file" placeholder:"FILE" help:"Authorities (PEM) whose client certificates are accepted, instead of a token or beside it."`
	ClientTenant string   `placeholder:"RULE" help:"Where a client certificate names its tenant: cn=, ou=, dns= or uri= and the value, as in uri=spiffe://lab.example/tenant/{tenant}."`
	ClientScope  []string `default:"documents:write,documents:read" help:"What who has a client certificate may do."`
}

// validate checks what belongs together.
func (f authFlags) validate() error {
	if (f.ClientCA == "") != (f.ClientTenant == "") {
		return errors.New("--client-ca-file and --client-tenant: want both or neither, since who has a certificate must belong to a tenant")
	}
	if f.ClientCA != "" {
		if _, err := f.certificates(); err != nil {
			return fmt.Errorf("--client-tenant: %s", words(err))
		}
	}
	return nil
}

// authenticator returns who finds out who calls.
func (f authFlags) authenticator(ctx context.Context, listen string, log *slog.Logger) (api.Authenticator, error) {
	byToken := f.Issuer != "" || f.JWKS != "" || f.KeyFile != ""
	switch {
	case byToken && f.ClientCA != "":
		tokens, err := f.tokens(ctx, log)
		if err != nil {
			return nil, err
		}
		certificates, err := f.certificates()
		return api.Either{Tokens: tokens, Certificates: certificates}, err
	case byToken:
		return f.tokens(ctx, log)
	case f.ClientCA != "":
		return f.certificates()
	case !isLoopback(listen):
		return nil, usage("--listen %s without --token-issuer or --client-ca-file: everybody on the network could do everything: configure tokens or client certificates, or listen on 127.0.0.1", listen)
	}
	log.Warn("neither tokens nor client certificates are configured: everybody on this machine is the tenant default and may do everything")
	return api.Open{}, nil
}

func (f authFlags) tokens(ctx context.Context, log *slog.Logger) (api.Authenticator, error) {
	cfg := api.TokenConfig{Issuer: f.Issuer, Audience: f.Audience, JWKS: f.JWKS, Algorithms: f.Algorithm, TenantClaim: f.Claim, Log: log}
	if f.KeyFile != "" {
		src, err := readAtMost(f.KeyFile, nil, 64<<10)
		if err != nil {
			return nil, fmt.Errorf("--token-key-file %s: %w", f.KeyFile, err)
		}
		if cfg.Key, err = api.ParsePublicKey(src); err != nil {
			return nil, fmt.Errorf("--token-key-file %s: %w", f.KeyFile, err)
		}
	}
	return api.NewTokens(ctx, cfg)
}

func (f authFlags) certificates() (api.Authenticator, error) {
	scopes := make([]api.Scope, len(f.ClientScope))
	for i, s := range f.ClientScope {
		scopes[i] = api.Scope(s)
	}
	return api.NewCertificates(f.ClientTenant, scopes)
}

func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
