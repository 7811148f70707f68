package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/templates"
)

// A shelf finds the template of a job: one that the tenant has published, or one that
// stands in a folder for all tenants, or one that Platen brings along. A tenant that has
// published none of a name gets the baseline of that name.
type shelf struct {
	library *templates.Library
	dir     string // "" if there is no folder

	mu   sync.Mutex
	kept map[string]*templates.Template // of the folder, compiled
}

// template returns what a job names: name, name@version or baseline/name.
func (s *shelf) template(ctx context.Context, job platen.Job, site string) (*templates.Template, error) {
	pick := templates.Pick{Job: job.ID, Site: site, At: time.Now()}
	t, err := s.library.Template(ctx, job.Tenant, job.Template, pick)
	if !errors.Is(err, platen.NotFound) {
		return t, err
	}
	if t, shared := s.shared(job.Template); !errors.Is(shared, platen.NotFound) {
		return t, shared
	}
	if !slices.Contains(templates.BaselineNames(), job.Template) {
		return nil, err
	}
	if _, own := s.library.History(ctx, job.Tenant, job.Template); !errors.Is(own, platen.NotFound) {
		return nil, err // it has one of its own, of which no version is active
	}
	return s.library.Template(ctx, job.Tenant, "baseline/"+job.Template, pick)
}

// shared returns a template of the folder.
func (s *shelf) shared(name string) (*templates.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.kept[name]; t != nil {
		return t, nil
	}
	path, err := s.find(name)
	if err != nil {
		return nil, err
	}
	bundle, err := templates.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := templates.Compile(bundle)
	if err != nil {
		return nil, err
	}
	if s.kept == nil {
		s.kept = map[string]*templates.Template{}
	}
	s.kept[name] = t
	return t, nil
}

// find returns the folder or zip file of a name.
func (s *shelf) find(name string) (string, error) {
	if s.dir != "" && filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) {
		for _, file := range []string{name, name + ".zip"} {
			path := filepath.Join(s.dir, file)
			if _, err := os.Stat(path); err == nil {
				return path, nil
			}
		}
	}
	return "", fmt.Errorf("there is no such template: %w", platen.NotFound)
}
