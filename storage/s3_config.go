package storage

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"github.com/dicode/platen"
)

// S3Config says where an S3 bucket is and who Platen is there.
type S3Config struct {
	Bucket   string // must exist
	Prefix   string // "", or "a/b": the keys stand under a/b/; at most maxPrefix bytes
	Endpoint string // https://host[:port], or http:// in so many words; "" is AWS
	Region   string // "" asks the store

	// AccessKey and SecretKey say who Platen is. Without them it is who the
	// environment says, in the way of AWS: AWS_ACCESS_KEY_ID, the shared
	// credentials file, a web identity token, the role of the container or machine.
	AccessKey    string
	SecretKey    string `json:"-"` // kept out of structured logs
	SessionToken string `json:"-"`

	// Retain has the Object Lock retention of new objects by class, which is
	// the first segment of a tenant's key, as in "documents". The bucket must
	// have been made with Object Lock.
	Retain map[string]Retention

	// Transport sends the requests; nil is one over TCP that gives up on a
	// store that does not move.
	Transport http.RoundTripper
}

// Retention is for how long an object can be neither deleted nor changed.
type Retention struct {
	Mode minio.RetentionMode // Compliance: nobody can end it; Governance: who has the right to
	Days int
}

const (
	awsEndpoint = "https://s3.amazonaws.com"
	maxPrefix   = 256   // bytes; S3 takes keys of 1024
	maxDays     = 36500 // S3's own limit of a bucket's default retention is 100 years
)

// retainable are the classes of objects that are written for good. What is pending
// is not among them: it is deleted once it is done.
func retainable() []string {
	return []string{"assets", "audit", "copies", "documents", "jobs", "renewals", "settings", "templates"}
}

// IsS3 is true if place is meant as the URL of an S3 bucket and not as a folder.
func IsS3(place string) bool { return strings.HasPrefix(place, "s3:") }

// ParseS3 reads s3://bucket/prefix?endpoint=…&region=…&retain=documents:compliance:3653d.
// All but the bucket may be left out, and retain may be repeated. An error is
// Invalid. It never shows credentials, which a URL must not have.
func ParseS3(text string) (S3Config, error) {
	cfg, err := parseS3(text)
	if err != nil {
		return S3Config{}, fmt.Errorf("S3 bucket: %w: want s3://bucket/prefix?endpoint=https://host&region=name: %w", err, platen.Invalid)
	}
	if err := cfg.check(); err != nil {
		return S3Config{}, err
	}
	return cfg, nil
}

func parseS3(text string) (S3Config, error) {
	u, err := url.Parse(text)
	if err != nil {
		return S3Config{}, fmt.Errorf("it is no URL")
	}
	query, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return S3Config{}, fmt.Errorf("what stands after the ? is wrongly escaped")
	case u.User != nil:
		return S3Config{}, fmt.Errorf("credentials have no place in a URL, which ends in logs")
	case u.Scheme != "s3" || u.Opaque != "" || u.Fragment != "":
		return S3Config{}, fmt.Errorf("it does not start with s3://, or has a #")
	}
	cfg := S3Config{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	for name, values := range query {
		if name == "retain" {
			cfg.Retain, err = parseRetain(values)
		} else {
			err = cfg.set(name, values)
		}
		if err != nil {
			return S3Config{}, err
		}
	}
	return cfg, nil
}

func (c *S3Config) set(name string, values []string) error {
	field := map[string]*string{"endpoint": &c.Endpoint, "region": &c.Region}[name]
	if field == nil {
		return fmt.Errorf("there is no %q: there are endpoint, region and retain", name)
	}
	if len(values) > 1 {
		return fmt.Errorf("%s stands there twice", name)
	}
	*field = values[0]
	return nil
}

// parseRetain reads values such as documents:compliance:3653d.
func parseRetain(values []string) (map[string]Retention, error) {
	retain := map[string]Retention{}
	for _, value := range values {
		class, rest, _ := strings.Cut(value, ":")
		mode, days, _ := strings.Cut(rest, ":")
		n, err := strconv.Atoi(strings.TrimSuffix(days, "d"))
		if err != nil || !strings.HasSuffix(days, "d") {
			return nil, fmt.Errorf("retain=%s is not class:mode:days, as in documents:compliance:3653d", value)
		}
		if _, ok := retain[class]; ok {
			return nil, fmt.Errorf("retain names %s twice", class)
		}
		retain[class] = Retention{minio.RetentionMode(strings.ToUpper(mode)), n}
	}
	return retain, nil
}

// check returns nil, or an Invalid error that says what is wrong.
func (c S3Config) check() error {
	fault := c.fault()
	for _, class := range slices.Sorted(maps.Keys(c.Retain)) {
		if fault == "" {
			fault = retentionFault(class, c.Retain[class])
		}
	}
	if fault != "" {
		return fmt.Errorf("S3 bucket: %s: %w", fault, platen.Invalid)
	}
	return nil
}

// fault says what is wrong with all but the retention; "" means nothing.
func (c S3Config) fault() string {
	if s3utils.CheckValidBucketNameStrict(c.Bucket) != nil {
		return fmt.Sprintf("%q is no name of a bucket: want 3 to 63 lower-case letters, digits, dots and hyphens", c.Bucket)
	}
	if c.Prefix != "" && (checkKey(c.Prefix) != nil || len(c.Prefix) > maxPrefix) {
		return fmt.Sprintf("prefix %.60q: want segments of letters, digits, dots, _ and - joined by /, %d bytes at most", c.Prefix, maxPrefix)
	}
	if (c.AccessKey == "") != (c.SecretKey == "") {
		return "of access key and secret key one is missing: give both or none"
	}
	if _, _, err := c.endpoint(); err != nil {
		return err.Error()
	}
	return ""
}

func retentionFault(class string, r Retention) string {
	switch {
	case !slices.Contains(retainable(), class):
		return fmt.Sprintf("objects of class %q cannot be retained: choose of %s", class, strings.Join(retainable(), ", "))
	case !r.Mode.IsValid():
		return fmt.Sprintf("retention of %s: there is no mode %q: want compliance or governance", class, strings.ToLower(string(r.Mode)))
	case r.Days < 1 || r.Days > maxDays:
		return fmt.Sprintf("retention of %s for %d days: want 1 to %d", class, r.Days, maxDays)
	}
	return ""
}

// endpoint returns host and port, and whether they are spoken to over TLS: always,
// unless the endpoint says http://.
func (c S3Config) endpoint() (host string, secure bool, err error) {
	text := c.Endpoint
	if text == "" {
		text = awsEndpoint
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || !isServer(u) {
		return "", false, fmt.Errorf("the endpoint is not https://host:port and nothing more")
	}
	return u.Host, u.Scheme == "https", nil
}

// isServer is true if u names a server and nothing more.
func isServer(u *url.URL) bool {
	named := s3utils.IsValidIP(u.Hostname()) || s3utils.IsValidDomain(u.Hostname())
	return named && (u.Scheme == "https" || u.Scheme == "http") &&
		u.User == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// String is the URL that ParseS3 reads, without credentials.
func (c S3Config) String() string {
	u := url.URL{Scheme: "s3", Host: c.Bucket, Path: "/" + c.Prefix}
	plain := strings.NewReplacer("%3A", ":", "%2F", "/") // where a URL needs no escaping, people should not read it
	var query []string
	add := func(name, value string) {
		if value != "" {
			query = append(query, name+"="+plain.Replace(url.QueryEscape(value)))
		}
	}
	add("endpoint", c.Endpoint)
	add("region", c.Region)
	for _, class := range slices.Sorted(maps.Keys(c.Retain)) {
		r := c.Retain[class]
		add("retain", fmt.Sprintf("%s:%s:%dd", class, strings.ToLower(string(r.Mode)), r.Days))
	}
	u.RawQuery = strings.Join(query, "&")
	return u.String()
}
