package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/dicode/platen"
	"github.com/dicode/platen/custody"
)

type copiesVerifyCmd struct {
	Code string      `arg:"" help:"What the QR code of the copy says, as in platen:copy/8f3a1c09d2b47e55-3?sha256=…"`
	JSON bool        `name:"json" help:"Print what the register says as JSON to stdout."`
	Of   tenantFlags `embed:""`
}

// Run says whether a copy counts.
func (cmd copiesVerifyCmd) Run(ctx context.Context, std streams) error {
	code, err := url.Parse(cmd.Code)
	if err != nil {
		return usage("%q is not what a QR code says: want platen:copy/<id>?sha256=…", cmd.Code)
	}
	return cmd.Of.register(ctx, std, func(r register) error {
		address := code.Opaque + code.Path // one of them is empty
		c, err := r.FindCopy(ctx, r.tenant, address[strings.LastIndexByte(address, '/')+1:], code.Query().Get("sha256"))
		if err != nil {
			return err
		}
		if err := cmd.print(std, c); err != nil {
			return cannotWrite("stdout", err)
		}
		if !c.Counts() {
			return errReported{fmt.Errorf("the copy does not count: %w", platen.Invalid)}
		}
		return nil
	})
}

func (cmd copiesVerifyCmd) print(std streams, c custody.Copy) error {
	if cmd.JSON {
		return json.NewEncoder(std.out).Encode(c)
	}
	t := newTable(std.out)
	t.fact("copy", c.ID+": "+stateText(c))
	t.fact("status", c.Status)
	t.fact("recipient", c.Recipient)
	t.fact("issued", c.At.Format(time.RFC3339)+" by "+c.By)
	event := func(name string, e *custody.Event) {
		if e != nil {
			t.fact(name, e.At.Format(time.RFC3339)+" by "+e.By)
		}
	}
	event("returned", c.Returned)
	event("destroyed", c.Destroyed)
	event("superseded", c.Superseded)
	t.fact("document", c.RenderKey)
	t.fact("sha256", c.Original)
	return t.Flush()
}
