package link

import (
	"sync"

	"coachflow/app"
	"coachflow/coaching"
)

// formMemory keeps the forms that this process has shown last, for the moment
// when the database is away and somebody sends their answers.
type formMemory struct {
	mu    sync.Mutex
	forms map[coaching.LinkRef]app.FormLink
	order []coaching.LinkRef
}

// mostForms bounds the memory; the one shown longest ago goes first.
const mostForms = 500

func newFormMemory() *formMemory { return &formMemory{forms: map[coaching.LinkRef]app.FormLink{}} }

func (m *formMemory) keep(ref coaching.LinkRef, f app.FormLink) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.Draft, f.Answer = nil, nil // what people typed is not kept here
	if _, known := m.forms[ref]; !known {
		m.order = append(m.order, ref)
	}
	m.forms[ref] = f
	if len(m.order) > mostForms {
		delete(m.forms, m.order[0])
		m.order = m.order[1:]
	}
}

func (m *formMemory) recall(ref coaching.LinkRef) (app.FormLink, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	f, known := m.forms[ref]
	return f, known
}
