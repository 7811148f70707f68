package storage

import (
	"errors"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// errNoCredentials: neither the configuration nor the environment says who Platen is.
var errNoCredentials = errors.New("no credentials")

// credentials returns who Platen is.
func (c S3Config) credentials() *credentials.Credentials {
	if c.AccessKey != "" {
		return credentials.NewStaticV4(c.AccessKey, c.SecretKey, c.SessionToken)
	}
	return credentials.New(somebody{&credentials.Chain{Providers: []credentials.Provider{
		&credentials.EnvAWS{},
		&credentials.FileAWSCredentials{},
		&credentials.IAM{Client: &http.Client{Timeout: 5 * time.Second}},
	}}})
}

// somebody is a chain of credentials that does not end at nobody.
type somebody struct{ *credentials.Chain }

// RetrieveWithCredContext implements credentials.Provider.
func (s somebody) RetrieveWithCredContext(cc *credentials.CredContext) (credentials.Value, error) {
	v, err := s.Chain.RetrieveWithCredContext(cc)
	if err == nil && v.AccessKeyID == "" {
		err = errNoCredentials
	}
	return v, err
}
