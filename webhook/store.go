package webhook

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/storage"
)

const (
	// MaxWebhooks is how many webhooks a tenant may have.
	MaxWebhooks = 100
	// Rotation is how long the secret before goes on signing.
	Rotation = 24 * time.Hour
)

// A Store keeps the webhooks of all tenants. It is safe for concurrent use: of two
// changes of one webhook at the same time one is made, and the other is Conflict.
type Store struct {
	bucket storage.Bucket
	allow  Allow
	now    func() time.Time
}

// NewStore returns the Store in a bucket, which gets to see secrets.
func NewStore(bucket storage.Bucket, allow Allow, now func() time.Time) *Store {
	return &Store{bucket, allow, now}
}

// Create makes a webhook with the name, URL, kind (HMAC if it is empty) and author of
// w. Its secret is told here and never again; that of the kind Ed25519 never leaves
// the Store. An error that is Conflict says that there is such a webhook, or as many
// as may be; a platen.FieldError says what is wrong with w.
func (s *Store) Create(ctx context.Context, tenant platen.TenantID, w Webhook) (Webhook, Secret, error) {
	st, err := s.first(w)
	if err != nil {
		return w, "", err
	}
	sh, err := s.shelf(tenant)
	if err != nil {
		return w, "", err
	}
	there, err := sh.all(ctx)
	if err != nil {
		return w, "", err
	}
	if len(there) >= MaxWebhooks {
		return w, "", fmt.Errorf("there are %d webhooks, and no more may be: delete one: %w", len(there), platen.Conflict)
	}
	before, err := sh.live(ctx, w.Name)
	if err == nil {
		return w, "", fmt.Errorf("there is a webhook %s: %w", w.Name, platen.Conflict)
	}
	if !errors.Is(err, platen.NotFound) {
		return w, "", err
	}
	st.number = before.number
	if err := s.put(ctx, sh, &st, w.By); err != nil {
		return w, "", err
	}
	return st.view(s.now()), st.told(), nil
}

// first returns the first state of a webhook.
func (s *Store) first(w Webhook) (st state, err error) {
	if !platen.IsWebhookName(w.Name) {
		return st, &platen.FieldError{Field: "name", Reason: fmt.Sprintf("is %q: want 1 to 63 characters of a-z, 0-9 and -, not starting with -", w.Name)}
	}
	if w.Kind == "" {
		w.Kind = HMAC
	}
	if w.Kind != HMAC && w.Kind != Ed25519 {
		return st, &platen.FieldError{Field: "kind", Reason: fmt.Sprintf("is %q: want %s or %s", w.Kind, HMAC, Ed25519)}
	}
	u, err := s.allow.target(w.URL)
	if err != nil {
		return st, err
	}
	st.Webhook = Webhook{Name: w.Name, URL: u.String(), Kind: w.Kind, Created: s.now().UTC()}
	st.Secrets = []dated{{Secret: newSecret(w.Kind)}}
	return st, nil
}

// Get returns a webhook, or NotFound.
func (s *Store) Get(ctx context.Context, tenant platen.TenantID, name string) (Webhook, error) {
	st, err := s.state(ctx, tenant, name)
	return st.view(s.now()), err
}

func (s *Store) state(ctx context.Context, tenant platen.TenantID, name string) (state, error) {
	sh, err := s.shelf(tenant)
	if err != nil {
		return state{}, err
	}
	return sh.live(ctx, name)
}

// List returns the webhooks of a tenant by name.
func (s *Store) List(ctx context.Context, tenant platen.TenantID) ([]Webhook, error) {
	sh, err := s.shelf(tenant)
	if err != nil {
		return nil, err
	}
	states, err := sh.all(ctx)
	list := make([]Webhook, len(states))
	for i, st := range states {
		list[i] = st.view(s.now())
	}
	return list, err
}

// Change gives the webhook that w names the URL and the author of w. Its kind stays:
// another one, unless it is empty, is Conflict.
func (s *Store) Change(ctx context.Context, tenant platen.TenantID, w Webhook) (Webhook, error) {
	u, err := s.allow.target(w.URL)
	if err != nil {
		return w, err
	}
	st, err := s.change(ctx, tenant, w.Name, w.By, func(st *state) error {
		if w.Kind != "" && w.Kind != st.Kind {
			return fmt.Errorf("webhook %s is of the kind %s and stays so: delete it first, or make another one: %w", w.Name, st.Kind, platen.Conflict)
		}
		st.URL = u.String()
		return nil
	})
	return st.view(s.now()), err
}

// Rotate makes a new secret, which is told as Create tells it. The one before goes on
// signing for Rotation, so that receivers have time to learn the new one; the one
// before that ends at once.
func (s *Store) Rotate(ctx context.Context, tenant platen.TenantID, name, by string) (Webhook, Secret, error) {
	st, err := s.change(ctx, tenant, name, by, func(st *state) error {
		before := dated{st.Secrets[0].Secret, s.now().UTC().Add(Rotation)}
		st.Secrets = []dated{{Secret: newSecret(st.Kind)}, before}
		return nil
	})
	return st.view(s.now()), st.told(), err
}

// Enable has a webhook that was disabled sent to again.
func (s *Store) Enable(ctx context.Context, tenant platen.TenantID, name, by string) (Webhook, error) {
	st, err := s.change(ctx, tenant, name, by, func(st *state) error {
		st.Disabled = ""
		return nil
	})
	return st.view(s.now()), err
}

// Delete ends a webhook. Its name may be used again, with a new secret.
func (s *Store) Delete(ctx context.Context, tenant platen.TenantID, name, by string) error {
	_, err := s.change(ctx, tenant, name, by, func(st *state) error {
		st.Deleted, st.Secrets = true, nil
		return nil
	})
	return err
}

// change makes a change of a webhook, and keeps it if it is one.
func (s *Store) change(ctx context.Context, tenant platen.TenantID, name, by string, change func(*state) error) (state, error) {
	sh, err := s.shelf(tenant)
	if err != nil {
		return state{}, err
	}
	st, err := sh.live(ctx, name)
	if err != nil {
		return state{}, err
	}
	before := st
	if err := change(&st); err != nil {
		return state{}, err
	}
	if reflect.DeepEqual(st, before) {
		return st, nil
	}
	if err := s.put(ctx, sh, &st, by); err != nil {
		return state{}, err
	}
	return st, nil
}

// put adds a state to the log.
func (s *Store) put(ctx context.Context, sh shelf, st *state, by string) error {
	st.By, st.Changed = by, s.now().UTC()
	return sh.add(ctx, st)
}
