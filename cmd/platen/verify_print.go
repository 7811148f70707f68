package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/dicode/platen/custody"
	"github.com/dicode/platen/renderer/sign"
)

func (cmd *verifyCmd) print(w io.Writer, v custody.Verification) error {
	if cmd.JSON {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(verified{cmd.File, v})
	}
	t := newTable(w)
	t.fact("document", validity(v.Valid))
	if cmd.Ask != "" {
		t.fact("known", knownText(v.Known))
	}
	t.fact("data", string(v.Data))
	for _, p := range v.Problems {
		t.fact("problem", p.Text)
	}
	for _, s := range v.Signatures {
		t.signature(s, v.Bytes)
	}
	return t.Flush()
}

// knownText says for people what a store knows of a PDF.
func knownText(k *custody.Known) string {
	if k == nil {
		return "no: the tenant has no such document"
	}
	text := fmt.Sprintf("yes: the %s %s, made %s", k.What, cmp.Or(k.Document, k.RenderKey), k.RenderedAt)
	if k.Copy != nil {
		text = fmt.Sprintf("yes: copy %s, %s, of the document %s", k.Copy.ID, stateText(*k.Copy), cmp.Or(k.Document, k.RenderKey))
	}
	if k.Extended {
		text += "; something was appended since it was stored"
	}
	return text
}

// signature writes what is known of a signature of a document of some bytes.
func (t aligned) signature(s sign.Signature, size int) {
	t.fact("signature", fmt.Sprintf("%s: %s, %s", s.Field, s.Kind, validity(s.Valid)))
	t.fact("  by", signedBy(s))
	t.fact("  reason", s.Reason)
	t.fact("  location", s.Location)
	t.fact("  time", timeOf(s))
	t.fact("  level", string(s.Level))
	t.fact("  revocation", string(s.Revocation))
	t.fact("  covers", covers(s, size))
	for _, c := range s.Changes {
		t.fact("  since then", strings.TrimSuffix(fmt.Sprintf("%s, %s", c.What, c.Where), ", "))
	}
	for _, p := range s.Problems {
		t.fact("  problem", p.Text)
	}
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
