package main

import (
	"fmt"
	"time"

	"github.com/dicode/platen"
)

// A test is one line of the specification with its result.
type test struct {
	category, name, method, criterion, low, high, unit string
	result, value                                      string
	replicates                                         []string
}

var tests = []test{
	{"Appearance", "Description", "Visual, TM-1187-01", "Yellow, round, biconvex film-coated tablets with a score line", "", "", "", "Conforms", "", nil},
	{"Identification", "Bisoprolol, retention time", "HPLC, TM-1187-02", "Corresponds to the reference standard", "", "", "", "Corresponds", "", nil},
	{"Identification", "Bisoprolol, UV spectrum", "HPLC-DAD, TM-1187-02", "Corresponds to the reference standard", "", "", "", "Corresponds", "", nil},
	{"Identification", "Iron oxide, yellow", "Colour reaction, TM-0040-03", "Positive", "", "", "", "Positive", "", nil},
	{"Physical tests", "Average mass", "Ph. Eur. 2.9.5, 20 tablets", "164.8 mg (156.6 to 173.0 mg)", "156.6", "173.0", "mg", "165.1 mg", "165.1", nil},
	{"Physical tests", "Resistance to crushing", "Ph. Eur. 2.9.8, 10 tablets", "Not less than 50 N", "50", "", "N", "79 N", "79", []string{"77", "81", "78", "80", "79", "76", "82", "79", "80", "78"}},
	{"Physical tests", "Water", "Ph. Eur. 2.5.12, Karl Fischer", "Not more than 5.0 %", "", "5.0", "%", "2.3 %", "2.3", []string{"2.2", "2.3", "2.3"}},
	{"Physical tests", "Subdivision of tablets", "Ph. Eur. 0478, 30 tablets", "Not more than 1 part outside 85 to 115 %", "", "1", "1", "0", "0", nil},
	{"Assay", "Bisoprolol fumarate", "HPLC, TM-1187-02", "95.0 to 105.0 % of the declared content", "95.0", "105.0", "%", "99.6 %", "99.6", []string{"99.4", "99.8"}},
	{"Assay", "Bisoprolol fumarate per tablet", "HPLC, TM-1187-02", "4.75 to 5.25 mg", "4.75", "5.25", "mg", "4.98 mg", "4.98", []string{"4.97", "4.99"}},
	{"Uniformity", "Uniformity of dosage units", "Ph. Eur. 2.9.40, content uniformity", "Acceptance value not more than 15.0", "", "15.0", "1", "4.2", "4.2", nil},
	{"Dissolution", "Bisoprolol released after 15 min", "Ph. Eur. 2.9.3, paddle, 50 1/min, pH 6.8", "Not less than 85 % (Q = 80 %)", "85", "", "%", "97 % (94 to 99 %)", "97", []string{"94", "97", "99", "98", "96", "98"}},
	{"Impurities", "Impurity A", "HPLC, TM-1187-04", "Not more than 0.2 %", "", "0.2", "%", "Less than 0.05 %", "", nil},
	{"Impurities", "Impurity E", "HPLC, TM-1187-04", "Not more than 0.2 %", "", "0.2", "%", "0.06 %", "0.06", []string{"0.06", "0.06"}},
	{"Impurities", "Impurity K", "HPLC, TM-1187-04", "Not more than 0.5 %", "", "0.5", "%", "0.11 %", "0.11", []string{"0.10", "0.11"}},
	{"Impurities", "Any unspecified impurity", "HPLC, TM-1187-04", "Not more than 0.2 %", "", "0.2", "%", "0.07 %", "0.07", []string{"0.07", "0.06"}},
	{"Impurities", "Total impurities", "HPLC, TM-1187-04", "Not more than 1.0 %", "", "1.0", "%", "0.24 %", "0.24", []string{"0.23", "0.24"}},
	{"Impurities", "N-nitroso-bisoprolol", "LC-MS/MS, TM-1187-09", "Not more than 75 ng per tablet", "", "75", "ng", "Less than 8 ng", "", nil},
	{"Microbiological quality", "Total aerobic microbial count", "Ph. Eur. 2.6.12", "Not more than 1000 CFU/g", "", "1000", "CFU/g", "Less than 10 CFU/g", "", nil},
	{"Microbiological quality", "Total yeasts and moulds count", "Ph. Eur. 2.6.12", "Not more than 100 CFU/g", "", "100", "CFU/g", "Less than 10 CFU/g", "", nil},
	{"Microbiological quality", "Escherichia coli", "Ph. Eur. 2.6.13", "Absent in 1 g", "", "", "", "Absent in 1 g", "", nil},
}

// certificate makes the certificate of analysis of the batch in tablet-2p.json.
func certificate() *platen.Object {
	b := newBuilder(sizes[0])
	zone := b.now.Location()
	at := time.Date(2026, 3, 5, 8, 40, 0, 0, zone)
	issued := at.Add(31 * time.Hour)
	analyst, reviewer, qp := b.people[5], b.people[6], b.people[7]
	return obj(
		"contract", "certificate-of-analysis/1",
		"certificate", obj("id", "COA-"+b.lot, "title", "Certificate of Analysis", "revision", "1", "status", "approved", "language", "en", "timeZone", b.timeZone, "issuedAt", stamp(issued)),
		"product", obj("code", b.product.code, "name", b.product.name, "strength", b.product.strength, "dosageForm", b.product.form, "pack", "PVC/PVDC-aluminium blister, 30 tablets", "storage", b.product.storage, "marketingAuthorisation", b.product.authorisation),
		"batch", obj("number", b.lot, "size", quantity(b.batchGrams(), 3, "kg"), "manufacturedOn", "2026-03-02", "expiry", "2029-02-28", "manufacturer", b.site[1]+", "+b.site[0], "record", b.id, "market", b.product.market),
		"laboratory", obj("id", "SITE-07-QC", "name", "Quality Control Laboratory", "company", b.site[1], "address", b.site[2], "authorisation", b.site[3], "telephone", "+49 7623 555 0180"),
		"specification", obj("id", "SPC-1187", "version", "5.0", "title", "Release specification, bisoprolol fumarate 5 mg film-coated tablets", "effectiveFrom", "2025-06-01"),
		"sampling", obj("sample", "S-26-02144", "plan", "SP-0031", "sampledAt", stamp(at.Add(-40*time.Hour)), "sampledBy", b.person(1), "receivedAt", stamp(at.Add(-38*time.Hour)), "quantity", quantity(240, 0, "tablets")),
		"people", []any{b.peopleList()[1], b.peopleList()[5], b.peopleList()[6], b.peopleList()[7]},
		"tests", testList(at, analyst.id, reviewer.id),
		"remarks", []any{
			"The limit for N-nitroso-bisoprolol is based on an acceptable intake of 1500 ng per day and a maximum daily dose of 20 mg.",
			"Microbiological quality is tested on every tenth batch and on this one.",
		},
		"conclusion", obj("result", "conforms", "statement", "The batch meets the release specification in all tests.", "by", qp.id, "at", stamp(issued.Add(-2*time.Minute))),
		"signatures", []any{
			signature("S-1", "Reviewed", reviewer, issued.Add(-50*time.Minute), "Raw data and calculations reviewed"),
			signature("S-2", "Approved", qp, issued, "Release of the certificate"),
		},
		"attachments", []any{},
	)
}

func testList(at time.Time, analyst, reviewer string) []any {
	var out []any
	for i, t := range tests {
		done := at.Add(time.Duration(i*47) * time.Minute)
		var replicates any
		if len(t.replicates) > 0 {
			replicates = list(t.replicates)
		}
		out = append(out, obj(
			"id", fmt.Sprintf("T-%02d", i+1), "category", t.category, "name", t.name, "method", t.method,
			"acceptance", obj("text", t.criterion, "low", t.low, "high", t.high), "unit", t.unit,
			"result", obj("text", t.result, "value", t.value), "replicates", replicates, "conclusion", "conforms",
			"analysedBy", signOff(analyst, done), "reviewedBy", signOff(reviewer, done.Add(5*time.Hour)),
		))
	}
	return out
}

func signature(id, meaning string, p person, at time.Time, reason string) *platen.Object {
	return obj("id", id, "meaning", meaning, "name", p.name, "userId", p.user, "role", p.role, "at", stamp(at), "reason", reason)
}
