package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

func TestProgram_HappyStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.program(w.engagement(w.formItem("Intake"), w.formItem("Goals"), w.formItem("Review")))
	r.at(time.Hour, func() { r.answer("Intake", 0) })
	r.at(2*time.Hour, func() { r.answer("Goals", 0) })
	r.at(26*time.Hour, func() { r.answer("Review", 0) })
	r.execute()
	require.Equal(t, []string{
		"0d Intake: a form to fill out ben@client.test",
		"1h0m0s Goals: a form to fill out ben@client.test",
		"2h0m0s Review: a form to fill out ben@client.test",
	}, r.sent())
}
