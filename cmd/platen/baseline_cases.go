package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/baseline"
	"github.com/dicode/platen/contract"
	"github.com/dicode/platen/templates"
)

// cases lists what is printed: of each template its samples, the records that are named, and those
// that have a baseline already.
func (g *golden) cases(ctx context.Context, std streams) (cases []baseline.Case, err error) {
	names := g.flags.Templates
	if len(names) == 0 {
		if names, err = g.all(ctx); err != nil {
			return nil, err
		}
	}
	given, err := g.given(ctx, std)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, name := range names {
		of, err := g.casesOf(ctx, name, given)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		for _, c := range of {
			used[c.Sample] = true
		}
		cases = append(cases, of...)
	}
	for _, r := range given {
		if !used[r.Name] {
			return nil, usage("%s: no template among %s is written for its contract, %s", r.Name, strings.Join(names, ", "), orNone(contractOf(r.Data)))
		}
	}
	return cases, nil
}

// all returns the templates that the tenant has active, or those that Platen brings.
func (g *golden) all(ctx context.Context) (names []string, err error) {
	if g.library == nil {
		for _, name := range templates.BaselineNames() {
			names = append(names, "baseline/"+name)
		}
		return names, nil
	}
	known, err := g.library.Names(ctx, g.tenant)
	if err != nil {
		return nil, err
	}
	for _, name := range known {
		h, err := g.library.History(ctx, g.tenant, name)
		if err != nil {
			return nil, err
		}
		if _, err := h.Active(templates.Pick{At: time.Now()}); err == nil {
			names = append(names, name)
		} else if !errors.Is(err, platen.NotFound) {
			return nil, err
		}
	}
	if names == nil {
		return nil, fmt.Errorf("tenant %s has no active template: name the templates: %w", g.tenant, platen.NotFound)
	}
	return names, nil
}

// given reads the records that are named.
func (g *golden) given(ctx context.Context, std streams) (records []templates.Sample, err error) {
	if len(g.flags.Data) == 0 {
		return nil, nil
	}
	files, err := expand(g.flags.Data)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		src, err := readData(ctx, file, std.in, maxDataMiB<<20)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		records = append(records, templates.Sample{Name: givenPrefix + filepath.Base(file), Data: src})
	}
	return records, nil
}

// givenPrefix stands before the names of records that were named, so that they are none of a template's.
const givenPrefix = "data/"

// casesOf opens a template, and lists its cases.
func (g *golden) casesOf(ctx context.Context, ref string, given []templates.Sample) (cases []baseline.Case, err error) {
	bundle, err := g.bundle(ctx, ref)
	if err != nil {
		return nil, err
	}
	s := bundle.Settings()
	name := s.Name
	if strings.HasPrefix(ref, "baseline/") {
		name = ref
	}
	if g.compiled[name] != nil {
		return nil, usage("it is named twice, or two templates have the name %s", name)
	}
	if g.compiled[name], err = templates.Compile(bundle); err != nil {
		return nil, err
	}
	trials, err := bundle.Trials()
	if err != nil {
		return nil, err
	}
	for _, r := range given {
		if contractOf(r.Data) == s.Contract {
			trials = append(trials, r)
		}
	}
	kept, err := g.recorded(ctx, name, trials)
	if err != nil {
		return nil, err
	}
	for _, t := range append(trials, kept...) {
		cases = append(cases, baseline.Case{Template: name, Version: s.Version, Sample: t.Name, Data: t.Data})
	}
	return cases, nil
}

// recorded returns records that were named when their baselines were recorded, but for those that are there.
func (g *golden) recorded(ctx context.Context, name string, there []templates.Sample) (records []templates.Sample, err error) {
	all, err := g.store.Entries(ctx, name)
	if err != nil {
		return nil, err
	}
	for _, sample := range baseline.Samples(all) {
		if !strings.HasPrefix(sample, givenPrefix) || slices.ContainsFunc(there, func(t templates.Sample) bool { return t.Name == sample }) {
			continue
		}
		data, err := g.store.Data(ctx, *baseline.Newest(all, sample, platen.Engine{}))
		if err != nil {
			return nil, err
		}
		records = append(records, templates.Sample{Name: sample, Data: data})
	}
	return records, nil
}

// bundle opens a template: one that Platen brings, a folder or zip file, or one that is published.
func (g *golden) bundle(ctx context.Context, ref string) (*templates.Bundle, error) {
	b, err := templates.Open(ref)
	if g.library == nil || !errors.Is(err, platen.NotFound) {
		return b, err
	}
	t, err := g.library.Template(ctx, g.tenant, ref, templates.Pick{At: time.Now()})
	if err != nil {
		return nil, err
	}
	return t.Bundle(), nil
}

// contractOf returns the contract that a record names.
func contractOf(data []byte) string {
	v, err := platen.ParseData(data, dataLimits(maxDataMiB))
	if err != nil {
		return ""
	}
	return contract.NameIn(v)
}
