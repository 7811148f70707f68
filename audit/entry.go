package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dicode/platen"
)

// An Action is what somebody sets about. The vocabulary is fixed: docs/audit.md says
// what each one means.
type Action string

// The actions.
const (
	DocumentRequested Action = "document.requested"
	DocumentRetried   Action = "document.retried"
	DocumentCancelled Action = "document.cancelled"
	DocumentMade      Action = "document.made"
	DocumentRead      Action = "document.read"
	ManifestRead      Action = "manifest.read"
	DocumentVerified  Action = "document.verified"
	BatchRead         Action = "batch.read"

	CopyIssued         Action = "copy.issued"
	CopyRead           Action = "copy.read"
	CopyReturned       Action = "copy.returned"
	CopyDestroyed      Action = "copy.destroyed"
	CopyVerified       Action = "copy.verified"
	CopiesExported     Action = "copies.exported"
	DocumentSuperseded Action = "document.superseded"
	DocumentRenewed    Action = "document.renewed"

	TemplatePublished  Action = "template.published"
	TemplateApproved   Action = "template.approved"
	TemplateActivated  Action = "template.activated"
	TemplateHalted     Action = "template.halted"
	TemplateRetired    Action = "template.retired"
	TemplateRolledBack Action = "template.rolled-back"

	DiffRequested Action = "diff.requested"
	DiffRead      Action = "diff.read"

	BaselineRecorded Action = "baseline.recorded"
	BaselineApproved Action = "baseline.approved"

	SettingsChanged Action = "settings.changed"
	AssetPut        Action = "asset.put"
	SealChanged     Action = "seal.changed"
	SealUsed        Action = "seal.used"

	WebhookChanged  Action = "webhook.changed"
	WebhookDeleted  Action = "webhook.deleted"
	WebhookRotated  Action = "webhook.rotated"
	WebhookEnabled  Action = "webhook.enabled"
	WebhookDisabled Action = "webhook.disabled"
	WebhookTested   Action = "webhook.tested"
	DeliveryRetried Action = "delivery.retried"

	KeysRotated    Action = "keys.rotated"
	KeysRewrapped  Action = "keys.rewrapped"
	KeysDoomed     Action = "keys.doomed"
	KeysDestroyed  Action = "keys.destroyed"
	TenantCreated  Action = "tenant.created"
	TenantExported Action = "tenant.exported"
	TenantImported Action = "tenant.imported"

	AccessRefused Action = "access.refused"

	AuditExported Action = "audit.exported"
	AuditFollowed Action = "audit.followed"
)

// Actions are all of them, in the order of docs/audit.md.
var Actions = []Action{
	DocumentRequested, DocumentRetried, DocumentCancelled, DocumentMade, DocumentRead, ManifestRead, DocumentVerified, BatchRead,
	CopyIssued, CopyRead, CopyReturned, CopyDestroyed, CopyVerified, CopiesExported, DocumentSuperseded, DocumentRenewed,
	TemplatePublished, TemplateApproved, TemplateActivated, TemplateHalted, TemplateRetired, TemplateRolledBack, DiffRequested, DiffRead, BaselineRecorded, BaselineApproved,
	SettingsChanged, AssetPut, SealChanged, SealUsed, WebhookChanged, WebhookDeleted, WebhookRotated, WebhookEnabled, WebhookDisabled, WebhookTested, DeliveryRetried,
	KeysRotated, KeysRewrapped, KeysDoomed, KeysDestroyed, TenantCreated, TenantExported, TenantImported, AccessRefused, AuditExported, AuditFollowed,
}

// An Object is what something is done to or with.
type Object struct {
	Type   string `json:"type"` // document, copy, copies, data, batch, template, diff, baseline, webhook, delivery, asset, settings, seal, keys, tenant, operation, audit
	ID     string `json:"id,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // of its content
}

// An Entry is what somebody sets about. It is written before that is done, so one that
// has no effect may stand there; when it fails, a second entry says so.
type Entry struct {
	Action     Action      `json:"action"`
	Failed     platen.Kind `json:"failed,omitempty"` // why it was not done
	Of         int64       `json:"of,omitempty"`     // with Failed: the entry that announced it
	By         string      `json:"by"`               // subject of the credential
	Credential string      `json:"credential,omitempty"`
	From       string      `json:"from,omitempty"` // address
	On         []Object    `json:"on,omitempty"`
	Reason     string      `json:"reason,omitempty"`
}

// A Record is an entry as it stands in the trail.
type Record struct {
	Seq    int64           `json:"seq"` // from 1, without a gap
	At     time.Time       `json:"at"`
	Tenant platen.TenantID `json:"tenant"`
	Entry
	Writer string `json:"writer"` // the process, by a name that it has made up
	Prev   string `json:"prev"`   // hash of the record before; none for the first one
	hash   string
	line   []byte
}

// Hash is the lower-case hexadecimal sha256 of the record's text without the hash.
func (r Record) Hash() string { return r.hash }

// Line is the text of the record with its hash, a line of JSON without the line feed.
// The caller must not change it.
func (r Record) Line() []byte { return r.line }

// none is the Prev of the first record.
var none = strings.Repeat("0", 2*sha256.Size)

// MaxRecord is how many bytes a record may have.
const MaxRecord = 64 << 10

// seal gives a record its hash. The text over which that is taken is the record in JSON
// without white space, fields in the order of the types above; the hash stands last.
func (r *Record) seal() error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write the audit entry: %w: %w", err, platen.Internal)
	}
	if len(text) > MaxRecord {
		return fmt.Errorf("an audit entry has %d bytes, the limit is %d: %w", len(text), MaxRecord, platen.Invalid)
	}
	r.hash = platen.Digest(text)
	r.line = append(text[:len(text)-1], hashField+r.hash+hashEnd...)
	return nil
}

const (
	hashField = `,"hash":"`
	hashEnd   = `"}`
	hashPart  = len(hashField) + 2*sha256.Size + len(hashEnd)
)

// parse reads a line. It is false if the hash does not fit, or it is no record; what can
// be read of it is then returned all the same.
func parse(line []byte) (r Record, ok bool) {
	cut := len(line) - hashPart
	if cut < 1 || json.Unmarshal(line, &r) != nil {
		return r, false
	}
	sum := sha256.New()
	sum.Write(line[:cut])
	sum.Write([]byte{'}'})
	r.hash, r.line = hex.EncodeToString(sum.Sum(nil)), line
	return r, string(line[cut:]) == hashField+r.hash+hashEnd
}
