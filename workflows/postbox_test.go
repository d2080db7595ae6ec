package workflows_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"coachflow/mail/compose"
	"coachflow/mail/deliver"
)

// postbox is a transport that keeps what it is given, once by key, as a
// provider with idempotency keys does.
type postbox struct {
	mu   sync.Mutex
	now  func() time.Time
	list []posted
	// fail may refuse a mail. It is asked at each try.
	fail  func(compose.Outgoing) error
	tries map[string][]compose.Outgoing // by key
	// die is told of each mail, before and after it is taken, and may end the one
	// who hands it over.
	die func(o compose.Outgoing, taken bool)
}

type posted struct {
	compose.Outgoing
	at time.Time
}

func (p *postbox) Send(_ context.Context, o compose.Outgoing) (deliver.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.die != nil {
		p.die(o, false)
		defer p.die(o, true)
	}
	if p.tries == nil {
		p.tries = map[string][]compose.Outgoing{}
	}
	p.tries[o.IdempotencyKey] = append(p.tries[o.IdempotencyKey], o)
	if p.fail != nil {
		if err := p.fail(o); err != nil {
			return deliver.Receipt{}, err
		}
	}
	for _, old := range p.list {
		if old.IdempotencyKey == o.IdempotencyKey {
			return deliver.Receipt{ProviderID: o.MessageID}, nil
		}
	}
	p.list = append(p.list, posted{o, p.now()})
	return deliver.Receipt{ProviderID: o.MessageID}, nil
}

func (*postbox) Close() error { return nil }

// refuse sets what refuses mails from now on; nil for nothing.
func (p *postbox) refuse(fail func(compose.Outgoing) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

// dies sets what may end those who hand over mails from now on; nil for nothing.
func (p *postbox) dies(die func(o compose.Outgoing, taken bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.die = die
}

func (p *postbox) dying() func(compose.Outgoing, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.die
}

func (p *postbox) all() []posted {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]posted{}, p.list...)
}

func (p *postbox) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list, p.tries = nil, nil
}

// to lists what was sent to one address.
func (p *postbox) to(address string) []posted {
	var out []posted
	for _, m := range p.all() {
		if m.To.Addr == address {
			out = append(out, m)
		}
	}
	return out
}

type blobs struct{ m sync.Map }

func (b *blobs) Put(_ context.Context, key string, data []byte) error {
	b.m.Store(key, data)
	return nil
}

func (b *blobs) Get(_ context.Context, key string) ([]byte, error) {
	data, is := b.m.Load(key)
	if !is {
		return nil, errors.New("no such blob")
	}
	return data.([]byte), nil
}

type nopLogger struct{}

func (nopLogger) Debug(string, ...any) {}
func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
