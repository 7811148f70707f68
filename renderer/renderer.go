package renderer

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf/raster"
	"github.com/dicode/platen/renderer/finish"
	"github.com/dicode/platen/renderer/sign"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

// A Printer turns a filled document into a PDF. It is safe for concurrent use.
// *chrome.Pool is the one that people use.
type Printer interface {
	// Print returns the PDF as the browser wrote it. An error is Invalid when the
	// document asks for something that it may not load or cannot be printed,
	// Busy when time or load did not allow it.
	Print(ctx context.Context, m platen.Markup) ([]byte, error)
	// Engine names the browser and the fonts, on which every document depends.
	Engine() (browser, fonts string)
}

// Config is what a Renderer works with. Bucket may be nil: then nothing is kept
// and nothing is found again. All else is needed.
type Config struct {
	Bucket    storage.Bucket
	Settings  *tenant.Book // of the tenants; nil: a book of its own in Bucket
	Printer   Printer      // may be nil for a Renderer that only fills
	Templates Templates
	Limits    platen.DataLimits
	Bounds    tenant.Limits    // of the installation, above which no tenant's settings count; 0: none
	Now       func() time.Time // for the manifest; no document sees it
	Log       *slog.Logger
	Stage     Stage              // may be nil
	Raster    *raster.Rasteriser // draws pages of previews; may be nil

	// Ended is told how each job ended that was not refused for its data, and with which
	// version of its template. May be nil.
	Ended func(ctx context.Context, job platen.Job, b *templates.Bundle, err error)

	// Turn waits until no other process makes the same, by a key of tenant and
	// document, and returns what lets the next one go on. It may return at any time:
	// what is made twice is the same twice. May be nil: there is no other process.
	Turn func(ctx context.Context, key string) (release func())

	// SealWith seals what is to be sealed, in the place of the tenants' own keys. Its time
	// is not looked at. May be nil.
	SealWith *sign.Options
	// Sealing is told that the key of a tenant is about to seal a document: its job or, for
	// one without a job, its render key; and the sha256 of the key's certificate. An error
	// keeps the key from being used. May be nil.
	Sealing func(ctx context.Context, id platen.TenantID, document, certificate string) error
	// RemoteKey returns a sealing key that stays outside the bucket, with the certificates
	// of a chain, by its place, as hashivault://name. May be nil: none can be used.
	RemoteKey func(place string, chain []*x509.Certificate) (sign.Key, error)
	// Evidence asks time stamp authorities, which tenants name, and services of revocation,
	// which certificates name. It must refuse addresses that nobody should reach. May be
	// nil: then nothing is sealed above B-B with the keys of tenants.
	Evidence *http.Client
}

// Templates finds the template that a job names. The site is that of the data, "" if it
// names none. A name that is unknown is NotFound.
type Templates func(ctx context.Context, job platen.Job, site string) (*templates.Template, error)

// A Stage is told that a stage of rendering begins: read, look up, fill, print, finish,
// prove, seal, store. What it returns is called when that ends.
type Stage func(ctx context.Context, name string) (done func())

// A Renderer renders jobs. It is safe for concurrent use.
type Renderer struct {
	Config
	finisher *finish.Finisher
	flights  singleflight.Group // by tenant and render key
	readings *storage.LRU[reading]
	checking *semaphore.Weighted // bytes of data
	keys     *storage.LRU[heldKey]
}

// settingsBytes is how much of the tenants' settings and files a Renderer keeps in memory.
const settingsBytes = 64 << 20

// New returns a Renderer.
func New(cfg Config) *Renderer {
	if cfg.Settings == nil && cfg.Bucket != nil {
		cfg.Settings = tenant.NewBook(cfg.Bucket, time.Now, settingsBytes)
	}
	r := &Renderer{Config: cfg, readings: storage.NewLRU[reading](readingsBytes), checking: semaphore.NewWeighted(maxChecking), keys: storage.NewLRU[heldKey](maxKeys * keyBytes)}
	r.finisher = finish.New(r.print)
	return r
}

// Render checks the job's data against the template's contract, fills the
// template, prints it, finishes the PDF, proves and seals it where that is wanted, and
// stores it under its render key. A document that is stored already is returned without being
// made again.
//
// Errors carry a kind: Invalid (a *platen.DataError, *contract.Error,
// *handlebars.Error or what the printer says), NotFound for an unknown template,
// Busy, Internal. A job that failed leaves nothing behind and may be repeated.
func (r *Renderer) Render(ctx context.Context, job platen.Job) (doc platen.Document, err error) {
	in, err := r.read(ctx, job)
	if err != nil {
		return platen.Document{}, err
	}
	r.readings.Delete(in.reading.key)
	if in.seal, err = r.seal(ctx, in); err != nil {
		return platen.Document{}, err
	}
	if r.Ended != nil {
		defer func() { r.Ended(ctx, job, in.template.Bundle(), err) }()
	}
	key := r.key(in)
	if doc, err := r.stored(ctx, job.Tenant, key.String()); err != nil {
		return doc, err
	} else if doc.Stored {
		return r.proveStored(ctx, in, doc)
	}
	turn := string(job.Tenant) + " " + key.String()
	return r.once(ctx, turn, func() (platen.Document, error) { return r.inTurn(ctx, turn, job, in, key) })
}

// inTurn makes the document of a job, unless another process has made it meanwhile.
func (r *Renderer) inTurn(ctx context.Context, turn string, job platen.Job, in input, key platen.RenderKey) (platen.Document, error) {
	if r.Turn != nil {
		release := r.Turn(ctx, turn)
		defer release()
		if doc, err := r.stored(ctx, job.Tenant, key.String()); err != nil || doc.Stored {
			return doc, err
		}
	}
	return r.make(ctx, job, in, key)
}

// make makes the document of a job, and stores it.
func (r *Renderer) make(ctx context.Context, job platen.Job, in input, key platen.RenderKey) (platen.Document, error) {
	if err := r.checkSeal(in.seal); err != nil {
		return platen.Document{}, err
	}
	doc, unsealed, err := r.produce(ctx, job, in, key)
	if err != nil {
		return doc, err
	}
	return r.store(ctx, key, doc, unsealed, in.seal)
}

// produce makes the document of a job, and returns it also as it was before it was sealed.
func (r *Renderer) produce(ctx context.Context, job platen.Job, in input, key platen.RenderKey) (doc platen.Document, unsealed []byte, err error) {
	ctx, cancel := inTime(ctx, in.limits)
	defer cancel()
	html, err := r.fill(ctx, in)
	if err != nil {
		return doc, nil, err
	}
	pdf, err := r.print(ctx, html)
	if err != nil {
		return doc, nil, err
	}
	finished, err := r.finish(ctx, in, key, html, pdf)
	if err != nil {
		return doc, nil, err
	}
	if finished.Finished.Proven, err = r.prove(ctx, in, finished.PDF); err != nil {
		return doc, nil, err
	}
	sealed, err := r.apply(ctx, in.tenant, cmp.Or(job.ID, key.String()), in.seal, finished)
	if err != nil {
		return doc, nil, err
	}
	if err := checkDocument(sealed, in.limits); err != nil {
		return doc, nil, err
	}
	return r.document(job, key, in.template.Bundle().Settings().Name, sealed), finished.PDF, nil
}

// once has what several ask for at the same time made once. Whoever waits makes it
// after all when the one who made it gave up, or had no more time.
func (r *Renderer) once(ctx context.Context, key string, make func() (platen.Document, error)) (platen.Document, error) {
	flight := r.flights.DoChan(key, func() (_ any, err error) {
		defer platen.Recover(&err)
		return make()
	})
	select {
	case res := <-flight:
		if res.Shared && res.Err != nil && ctx.Err() == nil && !errors.Is(res.Err, platen.Invalid) {
			return make()
		}
		doc, _ := res.Val.(platen.Document)
		return doc, res.Err
	case <-ctx.Done():
		return platen.Document{}, fmt.Errorf("the time was up before the document was there: %w: %w", context.Cause(ctx), platen.Busy)
	}
}

// Check does the part of Render that needs neither template engine nor browser: it
// loads the template and checks the data against its contract, and whether the document
// can be sealed where it is to be. Errors are as for Render.
func (r *Renderer) Check(ctx context.Context, job platen.Job) error {
	defer r.stage(ctx, "read")()
	done, err := r.turnToCheck(ctx, len(job.Data))
	if err != nil {
		return err
	}
	defer done()
	in, err := r.check(ctx, job)
	if err != nil {
		return err
	}
	seal, err := r.seal(ctx, in)
	if err != nil {
		return err
	}
	return r.checkSeal(seal)
}

// Fill does the part of Render that needs no browser: it returns the document
// that would be printed. Errors are as for Render.
func (r *Renderer) Fill(ctx context.Context, job platen.Job) (platen.Markup, error) {
	in, err := r.read(ctx, job)
	if err != nil {
		return platen.Markup{}, err
	}
	return r.fill(ctx, in)
}

func (r *Renderer) fill(ctx context.Context, in input) (platen.Markup, error) {
	defer r.stage(ctx, "fill")()
	m, err := in.template.Fill(ctx, in.data, in.issue, in.brand)
	if err != nil {
		return m, fmt.Errorf("fill template %s: %w", in.template.Bundle().Settings().Name, err)
	}
	return m, checkSize("the filled template", len(m.HTML), in.limits)
}

func (r *Renderer) print(ctx context.Context, html platen.Markup) ([]byte, error) {
	defer r.stage(ctx, "print")()
	pdf, err := r.Printer.Print(ctx, html)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return pdf, nil
}

// stage tells that a stage begins, and, when what it returns is called, that it ends.
func (r *Renderer) stage(ctx context.Context, name string) (done func()) {
	start, ended := time.Now(), func() {}
	if r.Stage != nil {
		ended = r.Stage(ctx, name)
	}
	return func() {
		ended()
		r.Log.DebugContext(ctx, "stage", "stage", name, "took", time.Since(start))
	}
}
