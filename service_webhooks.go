package main

import (
	"fmt"

	"coachflow/api"
	"coachflow/mail/deliver"
)

// mailProvider is a provider that reports what became of mails.
type mailProvider struct {
	name     string // its webhook is at /webhooks/NAME
	variable string // of the environment, which holds the secret
	secret   string // empty: the webhook is not set up
	reports  deliver.Reports
}

// mailProviders lists the providers that can report.
func (c config) mailProviders() []mailProvider {
	return []mailProvider{
		{"resend", "RESEND_WEBHOOK_SECRET", c.ResendWebhookSecret, deliver.ResendReports},
	}
}

// checkWebhooks refuses secrets with which nothing could be verified.
func (c config) checkWebhooks() error {
	for _, m := range c.mailProviders() {
		if m.secret == "" {
			continue
		}
		if err := m.reports.CheckSecret(m.secret); err != nil {
			return fmt.Errorf("%s: %w", m.variable, err)
		}
	}
	return nil
}

// webhooks lists all ways in for what providers report.
func (p *parts) webhooks() []api.Webhook {
	var list []api.Webhook
	for _, m := range p.mailProviders() {
		list = append(list, api.DeliveryWebhook(m.name, m.secret, m.reports, p.app.RecordDelivery))
	}
	return list
}
