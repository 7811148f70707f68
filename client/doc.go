// Package client calls the HTTP API of a Platen server.
//
//	c, err := client.NewClientWithResponses("http://localhost:8080")
//	…
//	r, err := c.CreateDocumentWithResponse(ctx, nil, client.Request{Template: "baseline/batch-record", Data: record})
//
// openapi.json is the API's description of itself (OpenAPI 3.1); client.gen.go is
// generated from it. "make client" makes both again.
package client

//go:generate go run ./generate
