package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/prove"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
	"github.com/dicode/platen/tenant"
)

type proveCmd struct {
	File     string `arg:"" help:"A PDF that Platen has made; - reads stdin."`
	Data     string `short:"d" placeholder:"FILE" help:"The record that it was made from. Default: the data.json that is attached to it."`
	Template string `short:"t" placeholder:"TEMPLATE" help:"The template, as for platen render. Default: the one that the PDF names."`
	Manifest string `placeholder:"FILE" help:"The document's manifest, which has the issue block. Default: the one that stands beside the PDF."`
	Tenant   string `help:"Whose document it is. Default: the one that the manifest names, else local."`
	JSON     bool   `name:"json" help:"Print the report as JSON to stdout."`

	Issue issueFlags `embed:"" group:"Issue block, where there is no manifest"`
	Store storeFlags `embed:"" group:"Storage"`
}

// Help says what is proven.
func (proveCmd) Help() string {
	return `Fills the template once more and looks for each value that it prints in what the PDF shows to a reader: text
that is missing, hidden by a style, cut off or another one is told, with the value's JSON Pointer. Text that
neither the template nor its styles have is told as foreign. docs/prove.md says more.

Exit codes: 0 the document is proven; 1 it is not; 2 it cannot be looked at, or the command line is wrong;
3 something on this machine does not work.

  platen prove out.pdf
  platen prove out.pdf --data record.json --template batch-record@2.1.0 --tenant acme`
}

// Run proves one document.
func (cmd proveCmd) Run(ctx context.Context, std streams) error {
	report, err := cmd.prove(ctx, std)
	if err != nil {
		return cannotCompare(err)
	}
	if err := cmd.tell(std.out, report); err != nil {
		return cannotWrite("stdout", err)
	}
	if !report.Proven {
		return errReported{fmt.Errorf("%s is not proven: %w", cmd.File, platen.Invalid)}
	}
	return nil
}

func (cmd proveCmd) prove(ctx context.Context, std streams) (*prove.Report, error) {
	src, err := readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.File, err)
	}
	file, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.File, err)
	}
	manifest, err := cmd.manifest(src)
	if err != nil {
		return nil, err
	}
	in := prove.Input{PDF: src, Issue: manifest.Inputs.Issue}
	if in.Data, err = cmd.data(ctx, std, file); err != nil {
		return nil, err
	}
	if in.Template, in.Brand, err = cmd.template(ctx, std, file, manifest); err != nil {
		return nil, err
	}
	if err := checkContract(in.Template, in.Data); err != nil {
		return nil, err
	}
	report, err := prove.Document(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cmd.File, err)
	}
	return report, nil
}

// manifest reads the document's manifest. Where there is none, it has the issue block of the flags.
func (cmd proveCmd) manifest(src []byte) (m platen.Manifest, err error) {
	path := cmp.Or(cmd.Manifest, manifestPath(cmd.File))
	text, err := readAtMost(path, nil, maxKeyFile)
	if errors.Is(err, platen.NotFound) && cmd.Manifest == "" {
		m.Inputs.Issue, err = cmd.Issue.block()
		return m, err
	}
	if err != nil {
		return m, fmt.Errorf("manifest %s: %w", path, err)
	}
	if err := json.Unmarshal(text, &m); err != nil || m.SHA256 == "" {
		return m, fmt.Errorf("manifest %s: this is no manifest: %w", path, platen.Invalid)
	}
	if m.SHA256 != platen.Digest(src) {
		return m, fmt.Errorf("manifest %s is that of another PDF: its sha256 is %s: name the right one with --manifest: %w", path, m.SHA256, platen.Invalid)
	}
	return m, nil
}

// data reads the record, which is attached to the document as a rule.
func (cmd proveCmd) data(ctx context.Context, std streams, file *pdf.File) (any, error) {
	name, src, err := cmd.Data, []byte(nil), error(nil)
	if cmd.Data != "" {
		src, err = readData(ctx, cmd.Data, std.in, maxDataMiB<<20)
	} else {
		name = "data.json"
		src, err = file.Attached(name)
		if errors.Is(err, platen.NotFound) {
			return nil, usage("%s has no attached %s: name the record with --data", cmd.File, name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	data, err := platen.ParseData(src, dataLimits(maxDataMiB))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// checkContract refuses data that the template's contract does not allow.
func checkContract(t *templates.Template, data any) error {
	c, err := contract.Open(t.Bundle().Settings().Contract)
	if err != nil {
		return err
	}
	return c.Validate(data)
}

// template opens the template of the document, and the brand of its tenant. The bucket is
// only looked at when one of them is in it.
func (cmd proveCmd) template(ctx context.Context, std streams, file *pdf.File, m platen.Manifest) (*templates.Template, *tenant.Brand, error) {
	about, err := infoOf(file)
	if err != nil {
		return nil, nil, err
	}
	ref := cmp.Or(cmd.Template, strings.Replace(about["PlatenTemplate"], " ", "@", 1))
	if ref == "" {
		return nil, nil, usage("%s does not say which template it was made from: name it with --template", cmd.File)
	}
	made := about["PlatenBundle"]
	bundle, err := brought(ref, made)
	var brand *tenant.Brand
	if errors.Is(err, platen.NotFound) || err == nil && (m.Inputs.Settings != "" || cmd.Tenant != "") {
		bundle, brand, err = cmd.kept(ctx, std, platen.TenantID(cmp.Or(cmd.Tenant, string(m.Tenant), "local")), ref, made, bundle)
	}
	if err != nil {
		return nil, nil, err
	}
	if made != "" && made != bundle.Digest() {
		return nil, nil, fmt.Errorf("%s was made from another template, or another version of template %s: its digest is %s, want %s: leave --template out, or name that one: %w", cmd.File, ref, bundle.Digest(), made, platen.Invalid)
	}
	t, err := templates.Compile(bundle)
	return t, brand, err
}

// kept returns the tenant's brand, and the template, if it is not there yet, by its version or its digest.
func (cmd proveCmd) kept(ctx context.Context, std streams, id platen.TenantID, ref, digest string, b *templates.Bundle) (*templates.Bundle, *tenant.Brand, error) {
	if cmd.Store.Bucket == noBucket {
		return nil, nil, usage("--bucket is %s, and what %s was made from is kept in it: name the bucket, or --template", noBucket, cmd.File)
	}
	bucket, closeBucket, err := cmd.Store.open(ctx, std)
	if err != nil {
		return nil, nil, err
	}
	defer closeBucket()
	brand, err := brandIn(ctx, bucket, id)
	if err != nil || b != nil {
		return b, brand, err
	}
	name, version, _ := strings.Cut(ref, "@")
	library := templates.NewLibrary(bucket, rulesIn(bucket), time.Now, libraryBytes)
	h, err := library.History(ctx, id, name)
	if err != nil {
		return nil, nil, err
	}
	v, err := h.Find(cmp.Or(version, digest))
	if err != nil {
		return nil, nil, err
	}
	b, err = library.Bundle(ctx, id, name, v.Bundle)
	return b, brand, err
}

// brought opens a template that is a folder or zip file, or one that Platen brings, of the digest
// that is wanted. Another one is NotFound.
func brought(ref, digest string) (*templates.Bundle, error) {
	bundle, err := templates.Open(ref)
	if name, _, ok := strings.Cut(ref, "@"); ok && errors.Is(err, platen.NotFound) {
		if bundle, err = templates.Open("baseline/" + name); err == nil && bundle.Digest() != digest {
			return nil, fmt.Errorf("template %s: %w", ref, platen.NotFound)
		}
	}
	return bundle, err
}

// brandIn returns the brand that a tenant has now.
func brandIn(ctx context.Context, bucket storage.Bucket, id platen.TenantID) (*tenant.Brand, error) {
	own, err := storage.ForTenant(bucket, id)
	if err != nil {
		return nil, err
	}
	r, err := tenant.Current(ctx, own)
	if err != nil {
		return nil, err
	}
	return r.Brand(ctx, own)
}

// infoOf returns what the document says about itself.
func infoOf(file *pdf.File) (map[string]string, error) {
	facts, err := file.Facts()
	if err != nil {
		return nil, err
	}
	info := map[string]string{}
	for _, e := range facts.Info {
		info[e.Name] = e.Value
	}
	return info, nil
}

func (cmd proveCmd) tell(w io.Writer, r *prove.Report) error {
	if cmd.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	var b strings.Builder
	for _, l := range r.Lacks {
		fmt.Fprintf(&b, "%s: %s %s", l.Pointer, quoted(l.Printed), l.Why)
		if l.Found != "" {
			fmt.Fprintf(&b, "; there is %s", quoted(l.Found))
		}
		at := l.Template
		if l.Page > 0 {
			at = fmt.Sprintf("page %d; %s", l.Page, at)
		}
		fmt.Fprintf(&b, " (%s)\n", at)
	}
	for _, f := range r.Foreign {
		fmt.Fprintf(&b, "page %d: %s is not of the template\n", f.Page, quoted(f.Text))
	}
	for _, s := range r.Beside {
		fmt.Fprintf(&b, "note: page %d says %s beside the content\n", s.Page, quoted(s.Text))
	}
	if n := len(r.Elsewhere); n > 0 {
		fmt.Fprintf(&b, "note: %s in pictures, attributes or metadata only\n", count(n, "value"))
	}
	if n := len(r.Unused); n > 0 {
		fmt.Fprintf(&b, "note: %s that the contract requires and the template does not look at, as %s\n", count(n, "value"), r.Unused[0])
	}
	verdict := "proven"
	if !r.Proven {
		verdict = "not proven"
	}
	fmt.Fprintf(&b, "%s: %d of %s\n", verdict, r.Values-len(r.Lacks), count(r.Values, "value"))
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted is a text of a document, for a terminal.
func quoted(s string) string { return "“" + printable(s) + "”" }
