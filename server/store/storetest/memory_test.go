package storetest_test

import (
	"testing"

	"luvat/server/store/storetest"
)

// The model keeps the promises itself, so that what is compared with it is compared with them.
func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Opener { return storetest.NewMemoryOpener() })
}
