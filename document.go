package platen

import "encoding/json"

// HTML is text that is HTML already, so a template prints it unescaped.
type HTML string

// A Markup is a filled template, ready to print: an HTML document and the files
// that it may load. Nothing else can be loaded.
type Markup struct {
	HTML        []byte            // a whole document, UTF-8
	Files       map[string][]byte // by path relative to the document: "styles/main.css"
	FilesDigest string            // 32 hexadecimal digits or more that Files with the same content have alone; taken from Files when empty
	Scripts     bool              // whether scripts may run
	Artwork     bool              // each child of the body is printed on a page of its own size, without tags
}

// An Engine names everything outside the input that decides what a document looks like.
type Engine struct {
	Platen  string `json:"platen"`          // version
	Browser string `json:"browser"`         // product and version
	Fonts   string `json:"fonts"`           // digest of the installed font set
	Zones   string `json:"zones,omitempty"` // release of the IANA Time Zone Database
}

// A RenderKey holds all that a document depends on. Equal keys mean equal documents.
type RenderKey struct {
	Contract string     `json:"contract"`           // name and version
	Bundle   string     `json:"bundle"`             // digest of the template
	Settings string     `json:"settings,omitempty"` // digest of what documents depend on in the tenant's settings
	Data     string     `json:"data"`               // digest of the canonical data
	Issue    IssueBlock `json:"issue"`
	Finish   string     `json:"finish,omitempty"` // digest of the job's finish options
	Seal     string     `json:"seal,omitempty"`   // digest of whose certificate seals it, and how
	Engine   Engine     `json:"engine"`
}

// String returns the key as 64 hexadecimal digits, the sha256 of its JSON form.
func (k RenderKey) String() string {
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return Digest(b)
}

// A Manifest stands beside a PDF and says what it was made from, by what, and when.
type Manifest struct {
	RenderKey   string    `json:"renderKey"`
	Tenant      TenantID  `json:"tenant"`
	Job         string    `json:"job,omitempty"`
	Template    string    `json:"template"`
	Inputs      RenderKey `json:"inputs"`
	Finished    Finished  `json:"finished"`
	Pages       int       `json:"pages"`
	Bytes       int       `json:"bytes"`
	SHA256      string    `json:"sha256"` // of the PDF
	RequestedBy string    `json:"requestedBy,omitempty"`
	RenderedAt  string    `json:"renderedAt"` // RFC 3339, UTC
}

// Finished says what was done to the printed pages.
type Finished struct {
	Conformance []string       `json:"conformance,omitempty"` // what the PDF claims to be: "PDF/A-3b"
	Watermarks  []Watermarked  `json:"watermarks,omitempty"`  // in the order they were drawn
	Attachments []AttachedFile `json:"attachments,omitempty"`
	Proven      int            `json:"proven,omitempty"` // values of the data that were proven to be seen; 0: nobody asked
	Seal        *Sealed        `json:"seal,omitempty"`
}

// A Sealed is the certification of a document.
type Sealed struct {
	By          string `json:"by"`          // subject of the certificate (RFC 4514)
	Certificate string `json:"certificate"` // sha256
	Level       string `json:"level"`       // PAdES: B-B, B-T, B-LT, B-LTA
	Field       string `json:"field"`       // of the form, that has the signature
	At          string `json:"at"`          // when, as the seal says: RFC 3339
}

// A Watermarked is a watermark that was drawn.
type Watermarked struct {
	From  string `json:"from"` // template, tenant or request
	Text  string `json:"text,omitempty"`
	Image string `json:"image,omitempty"` // sha256
	Pages int    `json:"pages"`           // on how many pages it stands
}

// An AttachedFile is a file that the PDF carries.
type AttachedFile struct {
	Name         string `json:"name"`
	Relationship string `json:"relationship"`
	Bytes        int    `json:"bytes"`
	SHA256       string `json:"sha256"`
}

// JSON returns the manifest as the indented text that is stored.
func (m Manifest) JSON() []byte {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		panic(err) // strings and numbers only
	}
	return append(b, '\n')
}

// A Document is a finished PDF with its manifest.
type Document struct {
	PDF      []byte
	Manifest Manifest
	Stored   bool // it was in the store already; nothing was rendered
}
