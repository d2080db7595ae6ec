package app

import (
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"
)

// What is compared where there is nobody costs what a person's password costs.
func TestNoHash_CostsWhatAPasswordCosts(t *testing.T) {
	t.Parallel()
	params, _, _, err := argon2id.DecodeHash(noHash)
	require.NoError(t, err)
	require.Equal(t, passwordParams, params)
	hash, err := HashPassword("seven quiet green lamps")
	require.NoError(t, err)
	params, _, _, err = argon2id.DecodeHash(hash)
	require.NoError(t, err)
	require.Equal(t, passwordParams, params)
}
