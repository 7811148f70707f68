package main

import (
	_ "embed"
	"encoding/json"
)

// traceabilityJSON lists the tests of each requirement. It is made from tags in the tests.
//
//go:embed traceability.json
var traceabilityJSON []byte

func traceability() (tests map[string][]string) {
	if err := json.Unmarshal(traceabilityJSON, &tests); err != nil {
		panic(err) // a test holds it against the tests
	}
	return tests
}

// The data of contract validation-pack/1.
type (
	packData struct {
		Contract     string            `json:"contract"`
		Pack         packAbout         `json:"pack"`
		Plan         packPlan          `json:"plan"`
		Execution    packExecution     `json:"execution"`
		Steps        []packStep        `json:"steps"`
		Deviations   []packDeviation   `json:"deviations"`
		Requirements []packRequirement `json:"requirements"`
		Summary      packSummary       `json:"summary"`
	}
	packAbout struct {
		Title    string `json:"title"`
		Language string `json:"language"`
		Tenant   string `json:"tenant"`
		Platen   string `json:"platen"`
	}
	packPlan struct {
		SHA256  string `json:"sha256"`
		Name    string `json:"name"`
		At      string `json:"at"`
		Meaning string `json:"meaning"`
	}
	packExecution struct {
		By   string `json:"by"`
		From string `json:"from"`
		To   string `json:"to"`
	}
	// A plannedStep is a step before it is executed.
	plannedStep struct {
		ID          string `json:"id"`
		Phase       string `json:"phase"`
		Requirement string `json:"requirement"`
		Title       string `json:"title"`
		Criterion   string `json:"criterion"`
	}
	packStep struct {
		plannedStep
		Result   string         `json:"result"`
		Observed string         `json:"observed"`
		Evidence []packEvidence `json:"evidence"`
	}
	packEvidence struct {
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	}
	packDeviation struct {
		ID   string `json:"id"`
		Step string `json:"step"`
		What string `json:"what"`
	}
	packRequirement struct {
		ID    string   `json:"id"`
		Text  string   `json:"text"`
		Tests []string `json:"tests,omitempty"` // of Platen itself, by package and name; a plan has none
	}
	packSummary struct {
		Passed  int    `json:"passed"`
		Failed  int    `json:"failed"`
		Outcome string `json:"outcome"`
	}
)

const (
	passed = "passed"
	failed = "failed"
)

// add adds a step that was executed. One that failed is a deviation.
func (d *packData) add(s packStep) {
	d.Steps = append(d.Steps, s)
	if s.Result == passed {
		d.Summary.Passed++
	} else {
		d.Summary.Failed++
		d.Deviations = append(d.Deviations, packDeviation{"D-" + s.ID, s.ID, s.Observed})
	}
	d.Summary.Outcome = passed
	if d.Summary.Failed > 0 {
		d.Summary.Outcome = failed
	}
}

// withTests returns the requirements with their tests.
func withTests(list []packRequirement) (all []packRequirement) {
	tests := traceability()
	for _, r := range list {
		r.Tests = tests[r.ID]
		all = append(all, r)
	}
	return all
}
