package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"golang.org/x/sync/singleflight"

	"github.com/dicode/platen"
)

// A keySet holds the keys of a JSON Web Key Set (RFC 7517) at an address, from which
// it is fetched again and again: so keys may come at any time, and one that is
// withdrawn is refused soon. While the address does not answer, the keys of before
// count.
type keySet struct {
	jwkset.Storage
	url     string
	log     *slog.Logger
	there   atomic.Bool // since the first fetch
	flights singleflight.Group
	asked   time.Time // when the set was fetched because of an unknown key
}

const (
	refetch      = 10 * time.Minute // while all is well
	retryFirst   = time.Second      // after a fetch that failed, and then longer and longer
	retryLast    = time.Minute
	refetchSoon  = 10 * time.Second // at most that often because of an unknown key
	fetchTimeout = 5 * time.Second
	maxKeySet    = 1 << 20 // bytes
)

// errNoKeys says that the set could not be fetched yet.
var errNoKeys = fmt.Errorf("the keys of tokens are not there yet: %w", platen.Busy)

// openKeySet fetches the set, and goes on doing so until ctx ends. That it cannot be
// fetched is no error, but stands in the log.
func openKeySet(ctx context.Context, url string, log *slog.Logger) *keySet {
	k := &keySet{Storage: jwkset.NewMemoryStorage(), url: url, log: log}
	wait := refetch
	if !k.fetch(ctx) {
		wait = retryFirst
	}
	go k.keep(ctx, wait)
	return k
}

// keep fetches the set again and again, after a wait.
func (k *keySet) keep(ctx context.Context, wait time.Duration) {
	for {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
		if k.fetch(ctx) {
			wait = refetch
		} else {
			wait = min(2*wait, retryLast)
		}
	}
}

// fetch fetches the set, and reports whether it could.
func (k *keySet) fetch(ctx context.Context) bool {
	err := k.load(ctx)
	switch {
	case err == nil:
		k.there.Store(true)
	case k.there.Load():
		k.log.Error("the keys of tokens cannot be fetched: those of before count", "url", k.url, "err", err)
	default:
		k.log.Error("the keys of tokens cannot be fetched: requests with tokens get 503 until they are there", "url", k.url, "err", err)
	}
	return err == nil
}

// load replaces the keys with those at the address.
func (k *keySet) load(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", res.Status)
	}
	var set jwkset.JWKSMarshal
	if err := json.NewDecoder(io.LimitReader(res.Body, maxKeySet)).Decode(&set); err != nil {
		return fmt.Errorf("the answer is no key set: %w", err)
	}
	keys := []jwkset.JWK{}
	for _, m := range set.Keys {
		key, err := jwkset.NewJWKFromMarshal(m, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{})
		if errors.Is(err, jwkset.ErrUnsupportedKey) {
			continue
		}
		if err != nil {
			return fmt.Errorf("the key %q cannot be read: %w", m.KID, err)
		}
		keys = append(keys, key)
	}
	return k.KeyReplaceAll(ctx, keys)
}

// KeyRead implements jwkset.Storage. For a key that is not in the set, the set is
// fetched again, once for all who ask at the same time.
func (k *keySet) KeyRead(ctx context.Context, id string) (jwkset.JWK, error) {
	if !k.there.Load() {
		return jwkset.JWK{}, errNoKeys
	}
	key, err := k.Storage.KeyRead(ctx, id)
	if !errors.Is(err, jwkset.ErrKeyNotFound) {
		return key, err
	}
	k.flights.Do("", func() (any, error) {
		if time.Since(k.asked) >= refetchSoon {
			k.asked = time.Now()
			k.fetch(ctx)
		}
		return nil, nil
	})
	return k.Storage.KeyRead(ctx, id)
}

// KeyReadAll implements jwkset.Storage, for tokens that do not say which key it is.
func (k *keySet) KeyReadAll(ctx context.Context) ([]jwkset.JWK, error) {
	if !k.there.Load() {
		return nil, errNoKeys
	}
	return k.Storage.KeyReadAll(ctx)
}
