"""Runs another script and prints the process's peak memory after what that prints. Usage: peak.py SCRIPT.py ARGUMENTS"""
import resource, runpy, sys

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
