package keys

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"gocloud.dev/gcerrors"
	"gocloud.dev/secrets"

	// the key services that a master key may be kept in
	_ "gocloud.dev/secrets/awskms"
	_ "gocloud.dev/secrets/azurekeyvault"
	_ "gocloud.dev/secrets/gcpkms"
	_ "gocloud.dev/secrets/hashivault"

	"github.com/dicode/platen"
)

// services are the schemes of URLs that name a key in a key service.
var services = []string{"hashivault", "awskms", "gcpkms", "azurekeyvault"}

// A Master is a key that wraps keysets. It is safe for concurrent use.
type Master struct {
	name   string
	keeper *secrets.Keeper
}

// OpenMaster opens the master key of a place: a file that NewKeyFile has made, or a key
// of a service that wraps and unwraps itself, as
//
//	hashivault://<key>                     a transit key; VAULT_ADDR and VAULT_TOKEN say where
//	awskms:///<ARN>?region=<region>        or awskms://alias/<name>
//	gcpkms://projects/…/cryptoKeys/<key>
//	azurekeyvault://<vault>.vault.azure.net/keys/<key>
//
// A place that is neither is Invalid; a file that is not there is NotFound; one that
// others may read is Denied.
func OpenMaster(ctx context.Context, place string) (*Master, error) {
	scheme, _, isURL := strings.Cut(place, "://")
	if !isURL {
		return openKeyFile(place)
	}
	if !slices.Contains(services, scheme) {
		return nil, fmt.Errorf("the master key is at %q: want a file, or a URL of %s: %w", scheme+"://…", strings.Join(services, ", "), platen.Invalid)
	}
	keeper, err := secrets.OpenKeeper(ctx, place)
	if err != nil {
		return nil, fmt.Errorf("open the master key: %w: %w", err, platen.Invalid)
	}
	name := place
	if u, err := url.Parse(place); err == nil {
		u.RawQuery, u.User = "", nil
		name = u.String()
	}
	return &Master{name, keeper}, nil
}

// Name tells which key it is, without telling the key.
func (m *Master) Name() string { return m.name }

// Close lets go of the service.
func (m *Master) Close() error { return m.keeper.Close() }

// wrap encrypts a keyset.
func (m *Master) wrap(ctx context.Context, plain []byte) ([]byte, error) {
	wrapped, err := m.keeper.Encrypt(ctx, plain)
	if err != nil {
		return nil, fmt.Errorf("wrap a keyset with %s: %w: %w", m.name, err, serviceKind(err))
	}
	return wrapped, nil
}

// unwrap decrypts a keyset.
func (m *Master) unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	plain, err := m.keeper.Decrypt(ctx, wrapped)
	if err != nil {
		return nil, fmt.Errorf("unwrap a keyset with %s: %w: %w", m.name, err, serviceKind(err))
	}
	return plain, nil
}

// serviceKind is what can be done about an error of a key service.
func serviceKind(err error) platen.Kind {
	switch gcerrors.Code(err) {
	case gcerrors.DeadlineExceeded, gcerrors.Canceled, gcerrors.ResourceExhausted:
		return platen.Busy
	case gcerrors.PermissionDenied, gcerrors.NotFound, gcerrors.InvalidArgument, gcerrors.FailedPrecondition:
		return platen.Internal // whoever runs Platen has to mend it
	}
	return platen.Busy // it does not answer
}
