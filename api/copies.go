package api

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/custody"
)

// A CopyRequest asks for a controlled copy.
type CopyRequest struct {
	Status    string `json:"status" maxLength:"40" example:"CONTROLLED COPY" doc:"CONTROLLED COPY, UNCONTROLLED WHEN PRINTED, DRAFT, EFFECTIVE, OBSOLETE, or words of your own"`
	Recipient string `json:"recipient,omitempty" maxLength:"80" example:"Line 3" doc:"who gets it and has to give it back; may be left out of a copy that is uncontrolled"`
	Of        int    `json:"of,omitempty" minimum:"0" maximum:"9999" doc:"how many copies there are to be, which is printed, too"`
	Reason    string `json:"reason,omitempty" maxLength:"500" doc:"why; it stands in the register"`
}

// A CopyReason says why something is done.
type CopyReason struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"why; it stands in the register"`
}

type createCopyInput struct {
	ID   string `path:"id" maxLength:"36" doc:"of the document"`
	Key  string `header:"Idempotency-Key" maxLength:"255" doc:"The same key with the same body is the same copy, however often it is sent."`
	Body CopyRequest
}

type copyInput struct {
	ID     string `path:"id" maxLength:"36" doc:"of the document"`
	Number int    `path:"number" minimum:"1" maximum:"9999" doc:"of the copy"`
}

type endCopyInput struct {
	ID     string `path:"id" maxLength:"36" doc:"of the document"`
	Number int    `path:"number" minimum:"1" maximum:"9999" doc:"of the copy"`
	Body   CopyReason
}

// copyName is that of a copy in the audit trail.
func copyName(document string, number int) string { return document + "/" + strconv.Itoa(number) }

type supersedeInput struct {
	ID   string `path:"id" maxLength:"36" doc:"of the document"`
	Body CopyReason
}

type copyOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     custody.Copy
}

type eventOutput struct {
	Body custody.Event
}

// Copies are some of the register.
type Copies struct {
	Copies []custody.Copy `json:"copies" doc:"by document and number"`
	Next   string         `json:"next,omitempty" doc:"value of after for the next page"`
}

type copiesOutput struct {
	Link string `header:"Link" doc:"rel=next: the next page (RFC 8288)"`
	Body Copies
}

func (in *createCopyInput) about() audit.Entry { return on("document", in.ID, in.Body.Reason) }
func (in *endCopyInput) about() audit.Entry {
	return on("copy", copyName(in.ID, in.Number), in.Body.Reason)
}
func (in *supersedeInput) about() audit.Entry { return on("document", in.ID, in.Body.Reason) }

// copies adds the routes of controlled copies.
func (a *API) copies(h huma.API) {
	op := func(id, method, path, summary, description string, errs ...int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Description: description, Tags: []string{"copies"}, Errors: errs}
	}
	const of = path + "/{id}/copies"
	create := op("create-copy", http.MethodPost, of, "Issue a controlled copy of a document that is done",
		"The copy is numbered, stamped, sealed where the document is, and registered. The document stays as it is.", http.StatusConflict)
	create.DefaultStatus = http.StatusCreated
	create.Responses = map[string]*huma.Response{"200": {Description: "it was issued before, for the same key", Content: jsonOf[custody.Copy](h)}}
	register(a, h, WriteDocuments, create, audited(a, audit.CopyIssued, a.createCopy))
	register(a, h, ReadDocuments, op("list-copies-of-document", http.MethodGet, of, "The copies of a document", "", http.StatusConflict), a.copiesOf)
	register(a, h, ReadDocuments, op("get-copy", http.MethodGet, of+"/{number}", "What the register says of a copy", "", http.StatusConflict), a.getCopy)
	register(a, h, WriteDocuments, op("return-copy", http.MethodPost, of+"/{number}/return", "Register that a copy has come back", "", http.StatusConflict),
		audited(a, audit.CopyReturned, a.endCopy(custody.Returned)))
	register(a, h, WriteDocuments, op("destroy-copy", http.MethodPost, of+"/{number}/destroy", "Register that a copy was destroyed", "", http.StatusConflict),
		audited(a, audit.CopyDestroyed, a.endCopy(custody.Destroyed)))
	register(a, h, WriteDocuments, op("supersede-document", http.MethodPost, path+"/{id}/supersede", "Register that a document is superseded",
		"Its copies count no more and are to come back; only copies with the status OBSOLETE are issued of it from now on.", http.StatusConflict),
		audited(a, audit.DocumentSuperseded, a.supersede))
}

// jsonOf is a type in the description of a response.
func jsonOf[T any](h huma.API) map[string]*huma.MediaType {
	schema := h.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")
	return map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

// renderKey returns the key of the document of a job that is done.
func (a *API) renderKey(ctx context.Context, c Caller, job string) (string, error) {
	r, err := a.job(ctx, c, job)
	if err != nil {
		return "", err
	}
	if err := done(r); err != nil {
		return "", err
	}
	return r.Document.RenderKey, nil
}

// copyTime is for a copy to be issued.
const copyTime = time.Minute

func (a *API) createCopy(ctx context.Context, c Caller, in *createCopyInput) (*copyOutput, error) {
	key, err := a.renderKey(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	release, err := a.mayPrint(c.Tenant, "issue copies: use the command platen copy")
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, copyTime)
	defer cancel()
	b := in.Body
	one, _, fresh, err := a.Custody.Issue(ctx, c.Tenant, key, custody.Order{
		Status: b.Status, Recipient: b.Recipient, Of: b.Of, Reason: b.Reason, By: c.Subject, Key: in.Key,
	})
	if err != nil {
		return nil, err
	}
	out := &copyOutput{http.StatusCreated, fmt.Sprintf("%s/%s/copies/%d", path, in.ID, one.Number), one}
	if !fresh {
		out.Status = http.StatusOK
	}
	return out, nil
}

func (a *API) copiesOf(ctx context.Context, c Caller, in *idInput) (*copiesOutput, error) {
	key, err := a.renderKey(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	out := &copiesOutput{Body: Copies{Copies: []custody.Copy{}}}
	for one, err := range a.Custody.Copies(ctx, c.Tenant, custody.Filter{RenderKey: key}) {
		if err != nil {
			return nil, err
		}
		out.Body.Copies = append(out.Body.Copies, one)
	}
	return out, nil
}

// copyOf returns a copy of the document of a job.
func (a *API) copyOf(ctx context.Context, c Caller, in *copyInput) (one custody.Copy, err error) {
	key, err := a.renderKey(ctx, c, in.ID)
	if err != nil {
		return one, err
	}
	return a.Custody.Copy(ctx, c.Tenant, key, in.Number)
}

func (a *API) getCopy(ctx context.Context, c Caller, in *copyInput) (*copyOutput, error) {
	one, err := a.copyOf(ctx, c, in)
	return &copyOutput{Status: http.StatusOK, Body: one}, err
}

// endCopy registers that a copy has reached a state.
func (a *API) endCopy(s custody.State) func(context.Context, Caller, *endCopyInput) (*copyOutput, error) {
	return func(ctx context.Context, c Caller, in *endCopyInput) (*copyOutput, error) {
		key, err := a.renderKey(ctx, c, in.ID)
		if err != nil {
			return nil, err
		}
		one, err := a.Custody.End(ctx, c.Tenant, key, in.Number, s, c.Subject, in.Body.Reason)
		return &copyOutput{Status: http.StatusOK, Body: one}, err
	}
}

func (a *API) supersede(ctx context.Context, c Caller, in *supersedeInput) (*eventOutput, error) {
	key, err := a.renderKey(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	e, err := a.Custody.Supersede(ctx, c.Tenant, key, c.Subject, in.Body.Reason)
	return &eventOutput{e}, err
}
