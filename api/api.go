package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/queue"
	"github.com/dicode/platen/renderer"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
	"github.com/dicode/platen/webhook"
)

// Config is what the API works with.
type Config struct {
	Queue        *queue.Queue
	Renderer     *renderer.Renderer
	Webhooks     *webhook.Sender
	Library      *templates.Library
	Custody      *custody.Keeper
	Audit        *audit.Trail // nil: none, and there is nothing at /v1/audit
	Authenticate Authenticator
	Limits       tenant.Limits // of the installation, above which no tenant's settings count; 0: none
	Meter        Meter         // nil: one of this process
	MaxBody      int64         // bytes of a request; 0: 64 MiB
	BodyTimeout  time.Duration // for a request's body; 0: one minute
	MaxWait      time.Duration // for a document in the same response; 0: one minute
	WriteTimeout time.Duration // for each 256 KiB of an answer to be taken by who reads it; 0: one minute
	Redirect     bool          // GET of a PDF answers with its address in the bucket, where that has one
	Metrics      *Metrics      // nil: none, and there is no /metrics
	Tracer       trace.Tracer  // nil: none, and requests have no ids
	Log          *slog.Logger
}

// An API answers requests. It is an http.Handler.
type API struct {
	Config
	http.Handler
	draining   atomic.Bool
	previewing busyCount
	verifying  busyCount
	streaming  busyCount
	testing    busyCount
	waiting    busyCount
	holding    busyCount           // bytes of bodies
	decoding   *semaphore.Weighted // bytes of bodies
	stopping   chan struct{}       // closed when draining
	asking     singleflight.Group
	spec       *huma.OpenAPI
}

// New returns the API.
func New(cfg Config) *API {
	setDefault(&cfg.MaxBody, 64<<20)
	setDefault(&cfg.BodyTimeout, time.Minute)
	setDefault(&cfg.MaxWait, time.Minute)
	setDefault(&cfg.WriteTimeout, time.Minute)
	if cfg.Tracer == nil {
		cfg.Tracer = noop.Tracer{}
	}
	if cfg.Meter == nil {
		cfg.Meter = NewMeter()
	}
	useProblems()
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.RedirectTrailingSlash = false
	a := &API{
		Config: cfg, Handler: router, stopping: make(chan struct{}),
		previewing: busyCount{most: maxBusy, mostEach: maxBusyEach},
		verifying:  busyCount{most: maxBusy, mostEach: maxBusyEach},
		streaming:  busyCount{mostEach: maxStreams},
		testing:    busyCount{mostEach: maxTests},
		waiting:    busyCount{mostEach: maxWaiting},
		holding:    busyCount{most: max(maxHeld, 2*cfg.MaxBody), mostEach: max(maxHeldEach, cfg.MaxBody)},
		decoding:   semaphore.NewWeighted(maxDecoding),
	}
	router.Use(a.observe, a.guard, a.pace, a.recover, a.limit)
	if cfg.Metrics != nil {
		router.GET("/metrics", a.admin, gin.WrapH(cfg.Metrics.Handler()))
	}
	router.NoRoute(func(c *gin.Context) {
		writeProblem(c, newProblem(http.StatusNotFound, "there is nothing at this address"))
	})
	router.NoMethod(func(c *gin.Context) {
		writeProblem(c, newProblem(http.StatusMethodNotAllowed, "this address does not take the method "+c.Request.Method))
	})

	spec := huma.DefaultConfig("Platen", platen.Version)
	spec.Info.Description = "Turns data into controlled documents."
	spec.DocsPath, spec.SchemasPath, spec.OpenAPIPath = "", "", ""
	spec.RejectUnknownQueryParameters = true
	strict := a.strictJSON()
	spec.Formats = map[string]huma.Format{"application/json": strict, "json": strict}
	spec.CreateHooks = nil // no $schema in bodies
	spec.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	spec.Components.SecuritySchemes = securitySchemes
	a.spec = spec.OpenAPI
	h := humagin.New(router, spec)
	h.UseMiddleware(oneFormat, a.authenticate)
	a.health(router)
	a.openAPI(router)
	a.documents(h)
	a.list(h)
	a.batches(h)
	a.content(h)
	a.events(h)
	a.webhooks(h)
	a.deliveries(h)
	a.status(h)
	a.tenant(h)
	a.audit(h)
	a.templates(h)
	a.verify(h)
	a.copies(h)
	a.copyRegister(h)
	a.archived(h)
	a.diffs(h)
	a.baselines(h)
	describeErrors(a.spec)
	a.docs(router, h)
	return a
}

func setDefault[T int64 | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

// Drain makes the API refuse new jobs with 503, before the process stops. Who waits
// for a document is answered at once.
func (a *API) Drain() {
	if !a.draining.Swap(true) {
		close(a.stopping)
	}
}

// operation fills in what all operations have in common.
func (a *API) operation(o huma.Operation, scope Scope, takesBody bool) huma.Operation {
	if takesBody {
		o.Middlewares = append(o.Middlewares, plain, a.hold)
		o.Errors = append(o.Errors, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if strings.Contains(o.Path, "{") {
		o.Errors = append(o.Errors, http.StatusNotFound) // a slash in it makes it another path
	}
	o.MaxBodyBytes = a.MaxBody + 1 // huma refuses a body that has as many
	o.BodyReadTimeout = a.BodyTimeout
	o.Security = []map[string][]string{{bearerScheme: strings.Fields(string(scope))}, {certificateScheme: {}}}
	// 422 is for a parameter of the query that is unknown, where there is nothing else to be wrong.
	o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable)
	o.Metadata = map[string]any{scopeKey: scope}
	return o
}

// register adds an operation whose handler gets to know who calls.
func register[I, O any](a *API, h huma.API, scope Scope, o huma.Operation, handle func(context.Context, Caller, *I) (*O, error)) {
	_, takesBody := reflect.TypeFor[I]().FieldByName("Body")
	_, takesFile := reflect.TypeFor[I]().FieldByName("RawBody")
	huma.Register(h, a.operation(o, scope, takesBody || takesFile), func(ctx context.Context, in *I) (*O, error) {
		decoded(ctx)
		out, err := handle(ctx, callerOf(ctx), in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}
