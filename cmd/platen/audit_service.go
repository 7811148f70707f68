package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/dicode/platen"
	"github.com/dicode/platen/audit"
	"github.com/dicode/platen/storage"
	"github.com/dicode/platen/templates"
)

// openTrail opens the audit trails. With Redis what is written is streamed through it.
func (s *service) openTrail(bucket storage.Bucket, client *redis.Client, log *slog.Logger) {
	cfg := audit.Config{Bucket: bucket, Now: time.Now, Log: log}
	if client != nil {
		cfg.Stream = audit.NewStream(client, log)
		s.closers = append(s.closers, cfg.Stream)
	}
	s.audit = audit.New(cfg)
}

// made writes into the audit trail that a document was made, or found as it had been
// made before. It is done when that is written.
func (s *service) made(ctx context.Context, job platen.Job, doc platen.Document) error {
	_, err := s.audit.Add(ctx, job.Tenant, audit.Entry{
		Action: audit.DocumentMade, By: "platen", Credential: "worker " + processName(), On: []audit.Object{
			{Type: "document", ID: job.ID, SHA256: doc.Manifest.SHA256}, {Type: "template", ID: job.Template},
		},
	})
	return err
}

// sealing writes into the audit trail that the key of a tenant is about to seal a document.
func (s *service) sealing(ctx context.Context, id platen.TenantID, document, certificate string) error {
	_, err := s.audit.Add(ctx, id, audit.Entry{
		Action: audit.SealUsed, By: "platen", Credential: "worker " + processName(), On: sealedBy(document, certificate),
	})
	return err
}

// disabling writes into the audit trail that a webhook is disabled, since its receiver wants
// no more, and does it.
func (s *service) disabling(ctx context.Context, tenant platen.TenantID, name, why string, disable func() error) error {
	announced, err := s.audit.Add(ctx, tenant, audit.Entry{
		Action: audit.WebhookDisabled, By: "platen", Credential: "worker " + processName(), Reason: why,
		On: []audit.Object{{Type: "webhook", ID: name}},
	})
	if err != nil {
		return err
	}
	err = disable()
	if err != nil {
		err = errors.Join(err, s.audit.Fail(ctx, announced[0], platen.KindOf(err)))
	}
	return err
}

// halted writes into the audit trail that the wave of a version was halted, since it failed.
func (s *service) halted(ctx context.Context, tenant platen.TenantID, name string, h templates.Halting) error {
	_, err := s.audit.Add(context.WithoutCancel(ctx), tenant, audit.Entry{
		Action: audit.TemplateHalted, By: h.By, Credential: "worker " + processName(), Reason: h.Reason,
		On: []audit.Object{{Type: "template", ID: name, SHA256: h.Bundle}},
	})
	return err
}
