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
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
)

// A Scope is a right that a credential gives.
type Scope string

// The scopes.
const (
	WriteDocuments Scope = "documents:write"
	ReadDocuments  Scope = "documents:read"
	Admin          Scope = "admin" // all of them
	Anyone         Scope = ""      // whoever a credential names has it
)

// A Caller is who a credential names.
type Caller struct {
	Tenant  platen.TenantID
	Subject string // goes into manifests and the log
	Scopes  []Scope

	Credential string // what tells it from others of its subject, and is no secret
	From       string // address
}

// May reports whether the caller has a right.
func (c Caller) May(s Scope) bool {
	return s == Anyone || slices.Contains(c.Scopes, s) || slices.Contains(c.Scopes, Admin)
}

// An Authenticator finds out who sends a request. An error says, in words that
// tell an attacker nothing, why the credential is not accepted: Denied when another
// one would not be either, Busy when that cannot be told now.
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
		return Caller{}, fmt.Errorf("the request is for another host: %w", platen.Denied)
	}
	if err := otherSites.Check(r); err != nil {
		return Caller{}, fmt.Errorf("the request comes from the page of another site: %w", platen.Denied)
	}
	return Caller{Tenant: "default", Subject: "anonymous", Scopes: []Scope{Admin}}, nil
}

type contextKey string

const callerKey contextKey = "caller"

// scopeKey is that of an operation's scope in its metadata.
const scopeKey = "scope"

// authenticate lets a request through whose credential has the scope of the
// operation.
func (a *API) authenticate(ctx huma.Context, next func(huma.Context)) {
	scope, closed := ctx.Operation().Metadata[scopeKey].(Scope)
	if !closed {
		next(ctx)
		return
	}
	caller, err := a.caller(humagin.Unwrap(ctx), ctx.Operation().OperationID, scope)
	if err != nil {
		a.fail(ctx.Context(), humagin.Unwrap(ctx), err)
		return
	}
	next(huma.WithValue(ctx, callerKey, caller))
}

// admin lets a request outside huma through whose credential has the scope Admin.
func (a *API) admin(c *gin.Context) {
	if _, err := a.caller(c, "metrics", Admin); err != nil {
		a.fail(c.Request.Context(), c, err)
	}
}

// caller returns who asks for an operation, or a problem: the credential is not accepted,
// it or its tenant asks for more than it may, or it lacks the scope.
func (a *API) caller(request *gin.Context, operation string, scope Scope) (Caller, error) {
	ctx := request.Request.Context()
	c, err := a.known(request.Request)
	request.Set(tenantKey, c.Tenant)
	if err != nil {
		return c, err
	}
	limits := a.limitsOf(ctx, c)
	if err := a.allow(ctx, c, limits); err != nil {
		return c, err
	}
	if !c.May(scope) {
		return c, a.refuse(ctx, c, operation, scope)
	}
	return c, bound(request, scope, limits.RequestBytes)
}

// refuse returns the problem of a credential that lacks a scope. It stands in the audit
// trail that somebody has tried.
func (a *API) refuse(ctx context.Context, c Caller, operation string, scope Scope) error {
	why := fmt.Sprintf("the credential lacks the scope %s", scope)
	if _, err := a.record(ctx, c, audit.Entry{Action: audit.AccessRefused, Reason: why, On: []audit.Object{{Type: "operation", ID: operation}}}); err != nil {
		a.Log.ErrorContext(ctx, "the audit trail does not say that somebody was refused", "tenant", c.Tenant, "operation", operation, "err", err)
	}
	return challenge(http.StatusForbidden, why, fmt.Sprintf(`, error="insufficient_scope", scope="%s"`, scope))
}

// known returns who sends a request, or a problem: the credential is not accepted.
func (a *API) known(r *http.Request) (Caller, error) {
	c, err := a.Authenticate.Authenticate(r)
	switch {
	case errors.Is(err, platen.Busy):
		a.Log.WarnContext(r.Context(), "who calls cannot be told", "err", err)
		return c, unavailable("who calls cannot be told now: try again")
	case errors.Is(err, platen.Denied):
		return c, newProblem(http.StatusForbidden, strings.TrimSuffix(err.Error(), ": "+string(platen.Denied)))
	case errors.Is(err, errNoToken):
		return c, challenge(http.StatusUnauthorized, err.Error(), "")
	case err != nil:
		return c, challenge(http.StatusUnauthorized, err.Error(), `, error="invalid_token"`)
	}
	c.From = addressOf(r)
	return c, nil
}

// challenge is a problem that says which token would do (RFC 6750 §3).
func challenge(status int, detail, parameters string) error {
	return huma.ErrorWithHeaders(newProblem(status, detail), http.Header{"WWW-Authenticate": {`Bearer realm="platen"` + parameters}})
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey).(Caller)
	return c
}

// errNoToken is a request that does not say who sends it.
var errNoToken = errors.New("the request has no bearer token")

// bearer returns the token of a request (RFC 6750 §2.1).
func bearer(r *http.Request) (string, error) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") || token == "" {
		return "", errNoToken
	}
	return strings.TrimSpace(token), nil
}
