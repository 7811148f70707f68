package webhook

import (
	"strings"
	"time"
)

// A Webhook is where a tenant wants to be told. It says nothing about its secrets.
type Webhook struct {
	Name     string    `json:"name"` // as platen.IsWebhookName wants it
	URL      string    `json:"url"`
	Kind     Kind      `json:"kind"`
	Disabled string    `json:"disabled,omitempty"` // why nothing is sent; empty: it is
	Created  time.Time `json:"created"`            // UTC
	Changed  time.Time `json:"changed"`            // UTC
	By       string    `json:"by,omitempty"`       // who has changed it last

	PublicKeys []string  `json:"-"` // of the kind Ed25519, the newest first
	Rotating   time.Time `json:"-"` // until then the secret before signs too; zero: it does not
}

// A state of a webhook, as its log keeps it.
type state struct {
	Webhook
	Secrets []dated `json:"secrets,omitempty"` // the newest first, at most two
	Deleted bool    `json:"deleted,omitempty"`

	number int // in the log, from 1; 0: there is none yet
}

// A dated secret signs until it ends; zero: until there is another one.
type dated struct {
	Secret Secret    `json:"secret"`
	Until  time.Time `json:"until,omitzero"`
}

// live returns the secrets that sign at a time.
func (s state) live(at time.Time) (list []Secret) {
	for _, d := range s.Secrets {
		if d.Until.IsZero() || at.Before(d.Until) {
			list = append(list, d.Secret)
		}
	}
	return list
}

// told returns the newest secret if a receiver needs it.
func (s state) told() Secret {
	if len(s.Secrets) == 0 || s.Kind != HMAC {
		return ""
	}
	return s.Secrets[0].Secret
}

// view returns what may be seen of a state.
func (s state) view(at time.Time) Webhook {
	w := s.Webhook
	for _, secret := range s.live(at) {
		if key := secret.public(); key != "" {
			w.PublicKeys = append(w.PublicKeys, key)
		}
	}
	if n := len(s.Secrets); n > 0 && at.Before(s.Secrets[n-1].Until) {
		w.Rotating = s.Secrets[n-1].Until
	}
	return w
}

// sign returns the signatures of all live secrets, as they stand in the header.
func (s state) sign(id string, at time.Time, body []byte) (string, error) {
	var list []string
	for _, secret := range s.live(at) {
		signature, err := secret.sign(id, at, body)
		if err != nil {
			return "", err
		}
		list = append(list, signature)
	}
	return strings.Join(list, " "), nil
}
