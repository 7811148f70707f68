package main

import (
	"bytes"
	"fmt"

	"github.com/dicode/platen/contract"
)

// A defect is one thing that can be wrong with a record: old, which stands in
// the example of batch-record/1, is replaced by new.
type defect struct{ name, old, new string }

var defects = []defect{
	{"not-json", `"status": "approved", "language"`, `"status": approved, "language"`},
	{"cut-off", "\n  ],\n  \"reconciliation\"", "\x00"}, // all from there on goes
	{"trailing-comma", `"role": "Head of Quality Assurance", "at": "2025-09-08T10:22:41+02:00"}`, `"role": "Head of Quality Assurance", "at": "2025-09-08T10:22:41+02:00",}`},
	{"duplicate-key", `"number": "BS26C017",`, `"number": "BS26C017", "number": "BS26C018",`},
	{"bad-utf8", "Dr. Ilse Brandt\", \"role\": \"Head", "Dr. Ilse Br\xe4ndt\", \"role\": \"Head"},
	{"byte-order-mark", "{\n  \"contract\"", "\xef\xbb\xbf{\n  \"contract\""},
	{"two-values", `"certificate": "COA-BS26C017"}` + "\n}", `"certificate": "COA-BS26C017"}` + "\n}\n{}"},
	{"missing-required", `"lot": "L260114", `, ``},
	{"missing-section", "  \"reconciliation\": [],\n", ""},
	{"missing-verification", `"verifiedBy": {"by": "U-204", "at": "2026-03-02T09:44:05+01:00"}, `, ``},
	{"wrong-type", `"critical": true`, `"critical": "yes"`},
	{"null-value", `"actual": {"value": "7.502", "unit": "kg", "source": "instrument"}`, `"actual": null`},
	{"number-for-decimal", `"value": "7.502"`, `"value": 7.502`},
	{"decimal-comma", `"value": "7.502"`, `"value": "7,502"`},
	{"exponent", `"value": "7.502"`, `"value": "75.02e-1"`},
	{"date-format", `"expiry": "2029-02-28"`, `"expiry": "28.02.2029"`},
	{"date-that-is-none", `"expiry": "2029-02-28"`, `"expiry": "2029-02-30"`},
	{"time-without-offset", `"completedAt": "2026-03-03T13:48:00+01:00"`, `"completedAt": "2026-03-03T13:48:00"`},
	{"unknown-time-zone", `"timeZone": "Europe/Berlin"`, `"timeZone": "Europe/Berln"`},
	{"gtin-check-digit", `"gtin": "04012345678901"`, `"gtin": "04012345678902"`},
	{"unknown-field", `"initials": "MN"`, `"initals": "MN"`},
	{"unknown-value", `"status": "released"`, `"status": "relased"`},
	{"empty-text", `"name": "Jonas Keller"`, `"name": ""`},
	{"dangling-reference", `"performedBy": {"by": "U-101", "at": "2026-03-02T09:41:20+01:00"}`, `"performedBy": {"by": "U-109", "at": "2026-03-02T09:41:20+01:00"}`},
	{"duplicate-id", `"id": "U-204"`, `"id": "U-101"`},
	{"unknown-contract", `"contract": "batch-record/1"`, `"contract": "batch-record/9"`},
	{"no-contract", "  \"contract\": \"batch-record/1\",\n", ""},
	{"other-contract", `"contract": "batch-record/1"`, `"contract": "certificate-of-analysis/1"`},
}

// brokenFiles makes one file for each defect.
func brokenFiles() ([]file, error) {
	c, err := contract.Open("batch-record/1")
	if err != nil {
		return nil, err
	}
	good := c.Example()
	var files []file
	for _, d := range defects {
		if !bytes.Contains(good, []byte(d.old)) {
			return nil, fmt.Errorf("the example of %s has no %s, which the defect %s replaces", c.Name(), d.old, d.name)
		}
		bad := bytes.Replace(good, []byte(d.old), []byte(d.new), 1)
		bad, _, _ = bytes.Cut(bad, []byte("\x00"))
		files = append(files, file{"broken/" + d.name + ".json", bad})
	}
	return files, nil
}
