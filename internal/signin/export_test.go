package signin

// HashRuns is how many hashes of passwords have been worked out.
func (s *Service) HashRuns() int64 { return s.hashes.runs.Load() }

// PasswordFault is passwordFault, for the tests.
func PasswordFault(password string, about ...string) string { return passwordFault(password, about) }
