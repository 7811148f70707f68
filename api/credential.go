package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
)

// A Scope is a right that a credential gives.
type Scope string

// The scopes.
const (
	WriteDocuments Scope = "documents:write"
	ReadDocuments  Scope = "documents:read"
	Admin          Scope = "admin" // all of them
)

// A Caller is who a credential names.
type Caller struct {
	Tenant  platen.TenantID
	Subject string // goes into manifests and the log
	Scopes  []Scope
}

// May reports whether the caller has a right.
func (c Caller) May(s Scope) bool {
	return slices.Contains(c.Scopes, s) || slices.Contains(c.Scopes, Admin)
}

// An Authenticator finds out who sends a request. An error says, in words that
// tell an attacker nothing, why the credential is not accepted.
type Authenticator interface {
	Authenticate(*http.Request) (Caller, error)
}

// Open is the Authenticator where none is configured: everybody is the tenant
// default and may do everything. Such a server must listen on loopback only. A
// page of another site, which a browser on this machine shows, is not accepted.
type Open struct{}

var otherSites = http.NewCrossOriginProtection()

// Authenticate implements Authenticator.
func (Open) Authenticate(r *http.Request) (Caller, error) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	if ip := net.ParseIP(strings.Trim(host, "[]")); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return Caller{}, fmt.Errorf("the request is for another host: %w", errUnauthorized)
	}
	if err := otherSites.Check(r); err != nil {
		return Caller{}, fmt.Errorf("the request comes from the page of another site: %w", errUnauthorized)
	}
	return Caller{Tenant: "default", Subject: "anonymous", Scopes: []Scope{Admin}}, nil
}

// errUnauthorized is a request without a credential that is accepted.
var errUnauthorized = errors.New("unauthorized")

type contextKey string

const callerKey contextKey = "caller"

// scopeKey is that of an operation's scope in its metadata.
const scopeKey = "scope"

// authenticate lets a request through whose credential has the scope of the
// operation.
func (a *API) authenticate(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		scope, closed := ctx.Operation().Metadata[scopeKey].(Scope)
		if !closed {
			next(ctx)
			return
		}
		caller, err := a.Authenticate.Authenticate(requestOf(ctx))
		if err != nil {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="platen", error="invalid_token"`)
			huma.WriteErr(h, ctx, http.StatusUnauthorized, err.Error())
			return
		}
		if !caller.May(scope) {
			huma.WriteErr(h, ctx, http.StatusForbidden, fmt.Sprintf("the credential lacks the scope %s", scope))
			return
		}
		next(huma.WithValue(ctx, callerKey, caller))
	}
}

// admin lets a request outside huma through whose credential has the scope Admin.
func (a *API) admin(c *gin.Context) {
	caller, err := a.Authenticate.Authenticate(c.Request)
	switch {
	case err != nil:
		c.Header("WWW-Authenticate", `Bearer realm="platen", error="invalid_token"`)
		writeProblem(c, newProblem(http.StatusUnauthorized, err.Error()))
	case !caller.May(Admin):
		writeProblem(c, newProblem(http.StatusForbidden, "the credential lacks the scope "+string(Admin)))
	}
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey).(Caller)
	return c
}

// bearer returns the token of a request.
func bearer(r *http.Request) (string, error) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return "", fmt.Errorf("the request has no bearer token: %w", errUnauthorized)
	}
	return strings.TrimSpace(token), nil
}
