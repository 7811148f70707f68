package sign

import (
	"cmp"
	"context"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/dicode/platen/pdf"
)

// Verify says what the signatures of a PDF are worth. An error means that it cannot
// be read, and is Invalid; all else stands in the report. Nothing is fetched:
// revocation is what the evidence in the file says.
func Verify(src []byte, o VerifyOptions) (Report, error) {
	return VerifyContext(context.Background(), src, o)
}

// VerifyContext is Verify, ended by a context: small files can have many signatures in
// large forms. The error is then the cause of that.
func VerifyContext(ctx context.Context, src []byte, o VerifyOptions) (Report, error) {
	f, err := pdf.Open(src, pdf.DefaultLimits)
	if err != nil {
		return Report{}, err
	}
	fields, err := formFields(f)
	if err != nil {
		return Report{}, err
	}
	v := &verifier{src: src, file: f, want: o}
	if v.store, err = readStore(f); err != nil {
		return Report{}, err
	}
	v.trust = newTrust(o.Trust, v.store)
	v.signatures(ctx, fields)
	v.covered(ctx)
	if ctx.Err() != nil {
		return Report{}, context.Cause(ctx)
	}
	v.judge()
	for _, s := range v.found {
		v.report.Signatures = append(v.report.Signatures, *s.Signature)
	}
	v.report.conclude()
	return v.report, nil
}

// maxSignatures bounds the work: each one has a revision that is read whole.
const maxSignatures = 100

// A verifier verifies one file.
type verifier struct {
	src    []byte
	file   *pdf.File
	want   VerifyOptions
	store  *store
	trust  *trust
	found  []*checked
	report Report

	accounted bool      // what stands behind the first signature is updates alone
	looked    *pdf.File // the last revision whose objects were read
}

// A checked signature is one of the file, with what is known about it.
type checked struct {
	*Signature
	dict     types.Dict
	ref      types.IndirectRef
	span     span
	lock     Permission // of its field
	envelope *envelope  // nil where the signature cannot be read
	token    *token     // its own time stamp, or what it is as one of the document; nil where there is none
	sound    bool       // the signature fits what it covers
	stamped  bool       // the token counts: its authority is trusted
}

// signatures looks at each signature by itself, and sorts them by what they cover. A
// context that has ended ends it early.
func (v *verifier) signatures(ctx context.Context, fields []field) {
	names := map[string]bool{}
	for _, f := range fields {
		if ctx.Err() != nil {
			return
		}
		if names[f.name] {
			v.report.wrong(Structure, "two fields have the name %q, so readers may show different ones", f.name)
		}
		names[f.name] = true
		if f.isSigned() && len(v.found) == maxSignatures {
			v.report.wrong(Unsupported, "the document has more than %d signatures", maxSignatures)
			break
		}
		if f.isSigned() {
			v.found = append(v.found, v.signature(f))
		}
	}
	slices.SortStableFunc(v.found, func(a, b *checked) int { return cmp.Compare(a.span.end, b.span.end) })
	if v.found == nil {
		v.report.wrong(Unsigned, "the document has no signature")
	}
}

func (v *verifier) signature(f field) *checked {
	s := &checked{Signature: &Signature{Field: f.name, Kind: Approval}}
	ref, ok := f.dict["V"].(types.IndirectRef)
	d, err := v.file.Dict(f.dict["V"])
	if err != nil || d == nil || !ok {
		s.wrong(Structure, "the field does not refer to a signature dictionary")
		return s
	}
	s.ref, s.dict = ref, d
	if s.lock, err = lockPermission(v.file, f.dict); err != nil {
		s.wrong(Structure, "what the field locks cannot be read: %v", err)
	}
	v.describe(s)
	if s.span, err = locate(v.file, v.src, ref, d); err != nil {
		s.wrong(Range, "%v", err)
		return s
	}
	s.Bytes, s.Whole = s.span.end, s.span.end == len(v.src)
	message, err := s.span.message(v.src)
	if err != nil {
		s.wrong(Integrity, "the signature is not hexadecimal")
		return s
	}
	v.open(s, message)
	return s
}

// describe reads what the signer says, which proves nothing.
func (v *verifier) describe(s *checked) {
	text := func(key string) string {
		o, err := v.file.Resolve(s.dict[key])
		if err != nil {
			return ""
		}
		return pdf.Text(o)
	}
	s.Name, s.Reason, s.Location = text("Name"), text("Reason"), text("Location")
	if t, ok := types.DateTime(text("M"), true); ok {
		s.Claimed = stamp(t)
	}
	if s.dict["SubFilter"] == types.Name(formatToken) {
		s.Kind = TimeStamp
	}
	permits, err := permission(v.file, s.dict)
	if err != nil {
		s.wrong(Structure, "what the signature permits cannot be read: %v", err)
	}
	if s.Permits = permits; permits != 0 {
		s.Kind = Certification
	}
}

// open reads the signature and holds it against what it covers.
func (v *verifier) open(s *checked, message []byte) {
	var err error
	format := s.dict["SubFilter"]
	switch format {
	case types.Name(formatToken):
		if s.token, err = openToken(message); err == nil {
			s.envelope = s.token.envelope
			err = s.token.checkToken(v.digest(s))
		}
	case types.Name(formatCAdES), types.Name(formatPKCS7):
		if s.envelope, err = openEnvelope(message); err == nil {
			err = s.envelope.check(oidData, v.digest(s), format == types.Name(formatCAdES))
		}
	default:
		s.wrong(Unsupported, "the signature is of a kind that is not known here (/SubFilter %v)", format)
		return
	}
	if s.envelope != nil && s.envelope.cert != nil && s.Kind != TimeStamp {
		s.Signer = describe(s.envelope.cert)
	}
	if err != nil {
		s.wrong(Integrity, "%v", err)
		return
	}
	s.sound = true
	if s.Kind != TimeStamp && s.envelope.token != nil {
		v.openStamp(s)
	}
}

// digest is that of what a signature covers, with the hash that it names.
func (v *verifier) digest(s *checked) []byte {
	hash := s.envelope.hash
	if s.Kind == TimeStamp {
		if hash = s.token.imprintHash(); hash == 0 {
			return nil
		}
	}
	return digestOf(hash, v.src[:s.span.hole], v.src[s.span.after:s.span.end])
}

// openStamp reads the time stamp of a signature.
func (v *verifier) openStamp(s *checked) {
	t, err := openToken(s.envelope.token)
	if err == nil && t.imprintHash() != 0 {
		err = t.checkToken(digestOf(t.imprintHash(), s.envelope.signature))
	} else if err == nil {
		err = t.checkToken(nil)
	}
	if err != nil {
		s.wrong(Time, "%v", err)
		return
	}
	s.token = t
}
