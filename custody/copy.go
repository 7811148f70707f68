package custody

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dicode/platen"
)

// A Copy is a copy of an archived document, as it stands in the register.
type Copy struct {
	Issued
	State      State  `json:"state"`
	Returned   *Event `json:"returned,omitempty"`
	Destroyed  *Event `json:"destroyed,omitempty"`
	Superseded *Event `json:"superseded,omitempty"` // the document is: its copies count no more

	request *request
}

// Issued is what is known of a copy when it is issued.
type Issued struct {
	ID        string         `json:"id"`           // of the copy: the beginning of the render key, and its number
	Number    int            `json:"number"`       // of the document's copies, from 1, without a gap
	Of        int            `json:"of,omitempty"` // how many there are to be
	Document  string         `json:"document"`     // id of the job that has made the document; empty: it had none
	RenderKey string         `json:"renderKey"`
	Original  string         `json:"original"` // sha256 of the archived document
	SHA256    string         `json:"sha256"`   // of the copy
	Bytes     int            `json:"bytes"`
	Pages     int            `json:"pages"`
	Status    string         `json:"status"`
	Recipient string         `json:"recipient,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	By        string         `json:"by"`
	At        time.Time      `json:"at"` // with the offset of who issued it
	Seal      *platen.Sealed `json:"seal,omitempty"`
}

// A record is what is written when a copy is issued.
type record struct {
	Issued
	Request *request `json:"request,omitempty"`
}

// A request tells an order that is repeated from another one.
type request struct {
	Key    string `json:"key"`    // sha256 of the key that the caller gives it
	Digest string `json:"digest"` // of what is asked for
}

// An Event is something that was done with a copy, or with all of a document.
type Event struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// A State of a copy.
type State string

const (
	InUse     State = "issued" // and neither returned nor destroyed
	Returned  State = "returned"
	Destroyed State = "destroyed"
)

// Statuses that the quality system names; any other text is one, too.
const (
	ControlledCopy = "CONTROLLED COPY"
	Uncontrolled   = "UNCONTROLLED WHEN PRINTED"
	Obsolete       = "OBSOLETE"
)

// Statuses are those that people mostly want.
var Statuses = []string{ControlledCopy, Uncontrolled, "DRAFT", "EFFECTIVE", Obsolete}

// IsOutstanding reports whether somebody still has the copy who has to give it back, or
// to say that it was destroyed.
func (c Copy) IsOutstanding() bool { return c.State == InUse && c.Status != Uncontrolled }

// Counts reports whether people may go by the copy.
func (c Copy) Counts() bool { return c.State == InUse && c.Superseded == nil }

// An Order asks for a copy.
type Order struct {
	Status    string `json:"status"`
	Recipient string `json:"recipient,omitempty"` // who gets it; needed unless it is Uncontrolled
	Of        int    `json:"of,omitempty"`        // how many copies there are to be; 0: not said
	Reason    string `json:"reason,omitempty"`
	By        string `json:"-"` // who issues it
	Key       string `json:"-"` // repeated with the same key, an order is the same copy; empty: never
}

const (
	maxStatus    = 40 // characters
	maxRecipient = 80
	maxReason    = 500
	maxCopies    = 9999 // of one document
)

// Validate checks the order; the error is a platen.FieldError.
func (o Order) Validate() error {
	for _, f := range []struct {
		name, value string
		most        int
	}{{"status", o.Status, maxStatus}, {"recipient", o.Recipient, maxRecipient}, {"reason", o.Reason, maxReason}} {
		if err := checkText(f.name, f.value, f.most); err != nil {
			return err
		}
	}
	switch {
	case o.Status == "":
		return &platen.FieldError{Field: "status", Reason: "is empty: want " + strings.Join(Statuses, ", ") + ", or words of your own"}
	case o.Recipient == "" && o.Status != Uncontrolled:
		return &platen.FieldError{Field: "recipient", Reason: "is empty: say who gets the copy and has to give it back, or make it " + Uncontrolled}
	case o.Of < 0 || o.Of > maxCopies:
		return &platen.FieldError{Field: "of", Reason: fmt.Sprintf("is %d: want 1 to %d copies, or leave it out", o.Of, maxCopies)}
	}
	return nil
}

// checkText refuses what cannot be printed on one line of a stamp.
func checkText(name, value string, most int) error {
	switch {
	case utf8.RuneCountInString(value) > most:
		return &platen.FieldError{Field: name, Reason: fmt.Sprintf("has more than %d characters", most)}
	case !utf8.ValidString(value) || strings.TrimSpace(value) != value || strings.ContainsFunc(value, unprintable):
		return &platen.FieldError{Field: name, Reason: "has characters that are not printed, braces, or blanks at its ends: leave them out"}
	}
	return nil
}

// unprintable characters do not stand in a stamp; braces would be placeholders there.
// The joiners, which some scripts need between letters, do.
func unprintable(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'
	return !strconv.IsPrint(r) && r != zeroWidthNonJoiner && r != zeroWidthJoiner || r == '{' || r == '}'
}

// idDigits are how many digits of the render key are in the id of a copy.
const idDigits = 16

var copyID = regexp.MustCompile(`^([0-9a-f]{16})-([1-9][0-9]{0,3})$`)

// parseCopyID returns the beginning of the render key and the number.
func parseCopyID(id string) (prefix string, number int, ok bool) {
	m := copyID.FindStringSubmatch(id)
	if m == nil {
		return "", 0, false
	}
	number, _ = strconv.Atoi(m[2]) // digits
	return m[1], number, true
}
