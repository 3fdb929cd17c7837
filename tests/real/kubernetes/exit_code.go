package server

import (
	"errors"
	"os/exec"

	utilexec "k8s.io/utils/exec"
)

// withExitCode makes of a command that ended badly what kubectl is told the exit code of.
func withExitCode(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return utilexec.CodeExitError{Err: err, Code: exit.ExitCode()}
	}
	return err
}
