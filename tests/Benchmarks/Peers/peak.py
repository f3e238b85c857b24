"""Runs another script and prints the process's peak memory after what that prints. Usage: peak.py SCRIPT.py ARGUMENTS"""
import re, runpy, sys

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
# Not getrusage: its peak may be that of the process that started this one.
peak = re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())
print(f"peak memory {int(peak[1]) // 1024} MiB")
