package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/pdf"
	"github.com/dicode/platen/renderer/sign"
)

type verifyCmd struct {
	File     string   `arg:"" help:"A PDF; - reads stdin."`
	Trust    []string `placeholder:"FILE" help:"Root certificates in PEM. Without any, nobody is trusted, and no signature is valid. Can be given several times."`
	Level    string   `enum:"B-B,B-T,B-LT,B-LTA" default:"B-B" help:"The PAdES level that each signature must have at least."`
	Manifest string   `placeholder:"FILE" help:"Demand that the PDF is the one of this manifest."`
	JSON     bool     `name:"json" help:"Print the report as JSON to stdout."`
}

// Help is the long text of "platen help verify".
func (verifyCmd) Help() string {
	return `Says for each signature whether the bytes that it covers are as they were signed, whether its
certificate leads to a root in --trust, when it was made and what proves that, what evidence in the
file says about revocation, and what was done to the document afterwards. Nothing is fetched.

Exit code 0: every signature is valid, and the last one covers the file; 1: not so.
`
}

// A verified is what --json prints.
type verified struct {
	File string `json:"file"`
	sign.Report
}

// Run verifies one PDF.
func (cmd verifyCmd) Run(ctx context.Context, std streams) error {
	opt := sign.VerifyOptions{Level: sign.Level(cmd.Level), Now: time.Now()}
	for _, path := range cmd.Trust {
		text, err := readCertificates(path)
		if err != nil {
			return err
		}
		roots, err := sign.ReadCertificates(text)
		if err != nil {
			return fmt.Errorf("certificates %s: %w", path, err)
		}
		opt.Trust = append(opt.Trust, roots...)
	}
	src, err := readData(ctx, cmd.File, std.in, pdf.DefaultLimits.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	report, err := sign.Verify(src, opt)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.File, err)
	}
	if err := cmd.checkManifest(src, &report); err != nil {
		return err
	}
	if err := cmd.print(std.out, len(src), report); err != nil {
		return cannotWrite("stdout", err)
	}
	if !report.Valid {
		return errReported{fmt.Errorf("%s is not valid: %w", cmd.File, platen.Invalid)}
	}
	return nil
}

// anotherDocument is the code of the problem that a manifest belongs to another PDF.
const anotherDocument = sign.Code("manifest")

// checkManifest adds a problem where the PDF is not that of the manifest.
func (cmd verifyCmd) checkManifest(src []byte, r *sign.Report) error {
	if cmd.Manifest == "" {
		return nil
	}
	text, err := readAtMost(cmd.Manifest, nil, maxKeyFile)
	if err != nil {
		return fmt.Errorf("manifest %s: %w", cmd.Manifest, err)
	}
	var m platen.Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.SHA256 == "" {
		return fmt.Errorf("manifest %s: this is no manifest: %w", cmd.Manifest, platen.Invalid)
	}
	if m.SHA256 != platen.Digest(src) {
		r.Valid = false
		r.Problems = append(r.Problems, sign.Problem{Code: anotherDocument, Text: "the manifest is that of another PDF: its sha256 is " + m.SHA256})
	}
	return nil
}

func (cmd verifyCmd) print(w io.Writer, size int, r sign.Report) error {
	if cmd.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(verified{cmd.File, r})
	}
	return printSignatures(w, size, r)
}

// printSignatures writes a report for people, a line for each thing it says.
func printSignatures(w io.Writer, size int, r sign.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, printable(value))
		}
	}
	row("document", validity(r.Valid))
	for _, p := range r.Problems {
		row("problem", p.Text)
	}
	for _, s := range r.Signatures {
		row("signature", fmt.Sprintf("%s: %s, %s", s.Field, s.Kind, validity(s.Valid)))
		row("  by", signedBy(s))
		row("  reason", s.Reason)
		row("  location", s.Location)
		row("  time", timeOf(s))
		row("  level", string(s.Level))
		row("  revocation", string(s.Revocation))
		row("  covers", covers(s, size))
		for _, c := range s.Changes {
			row("  since then", strings.TrimSuffix(fmt.Sprintf("%s, %s", c.What, c.Where), ", "))
		}
		for _, p := range s.Problems {
			row("  problem", p.Text)
		}
	}
	return t.Flush()
}

func validity(valid bool) string {
	if valid {
		return "valid"
	}
	return "NOT VALID"
}

// signedBy says who signed, or made the time stamp, and who says so.
func signedBy(s sign.Signature) string {
	cert := s.Signer
	if s.Kind == sign.TimeStamp {
		cert = s.Authority
	}
	if cert == nil {
		return s.Name
	}
	return strings.TrimPrefix(fmt.Sprintf("%s (%s, issued by %s)", s.Name, cert.Subject, cert.Issuer), " ")
}

func timeOf(s sign.Signature) string {
	switch {
	case s.Claimed == "":
		return s.Proven
	case s.Proven == "":
		return s.Claimed + ", as the signer says"
	}
	return fmt.Sprintf("%s, as the signer says; %s, as a time stamp proves", s.Claimed, s.Proven)
}

func covers(s sign.Signature, size int) string {
	if s.Whole {
		return "the whole file"
	}
	return fmt.Sprintf("%d of %d bytes", s.Bytes, size)
}
