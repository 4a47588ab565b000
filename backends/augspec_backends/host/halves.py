"""Floats of sixteen bits, by integer arithmetic: not every processor knows them, and all must round alike."""

from __future__ import annotations

from augspec_backends.host.code import Code

__all__ = ["HALVES", "narrowed", "widened"]

HALVES = ("float16", "bfloat16")


def widened(code: Code, value: str, dtype: str) -> str:
    """Return a float32 of the same value."""
    step = code.emit
    wide = step(f"zext i16 {value} to i32", value)
    if dtype == "bfloat16":
        bits = step(f"shl i32 {wide}, 16", wide)
        return step(f"bitcast i32 {bits} to float", bits)
    sign = step(f"and i32 {wide}, 32768", wide)
    sign = step(f"shl i32 {sign}, 16", sign)
    rest = step(f"and i32 {wide}, 32767", wide)
    bits = step(f"shl i32 {rest}, 13", rest)
    # The exponents differ by 112. A product puts that right, for numbers without a leading one as well.
    small = step(f"bitcast i32 {bits} to float", bits)
    scaled = step(f"fmul float {small}, 0x46F0000000000000", small)  # 2¹¹²
    finite = step(f"bitcast float {scaled} to i32", scaled)
    special = step(f"or i32 {bits}, 2139095040", bits)
    is_special = step(f"icmp uge i32 {rest}, 31744", rest)
    found = step(f"select i1 {is_special}, i32 {special}, i32 {finite}", is_special, special, finite)
    found = step(f"or i32 {found}, {sign}", found, sign)
    return step(f"bitcast i32 {found} to float", found)


def narrowed(code: Code, value: str, dtype: str) -> str:
    """Return the nearest float of sixteen bits to a float32, the even one of two."""
    step = code.emit
    bits = step(f"bitcast float {value} to i32", value)
    unknown = step(f"fcmp uno float {value}, {value}", value)
    if dtype == "bfloat16":
        high = step(f"lshr i32 {bits}, 16", bits)
        odd = step(f"and i32 {high}, 1", high)
        half = step(f"add i32 {odd}, 32767", odd)
        total = step(f"add i32 {bits}, {half}", bits, half)
        rounded = step(f"lshr i32 {total}, 16", total)
        quiet = step(f"or i32 {high}, 64", high)
        found = step(f"select i1 {unknown}, i32 {quiet}, i32 {rounded}", unknown, quiet, rounded)
        return step(f"trunc i32 {found} to i16", found)
    sign = step(f"and i32 {bits}, -2147483648", bits)
    rest = step(f"xor i32 {bits}, {sign}", bits, sign)
    # Below 2⁻¹⁴, adding ½ moves the last bit that is kept to the end of the sum, which is rounded.
    magnitude = step(f"bitcast i32 {rest} to float", rest)
    lifted = step(f"fadd float {magnitude}, 5.0e-1", magnitude)
    lifted = step(f"bitcast float {lifted} to i32", lifted)
    tiny = step(f"sub i32 {lifted}, 1056964608", lifted)
    # Elsewhere the exponent is 112 less, and 13 bits are rounded away.
    odd = step(f"lshr i32 {rest}, 13", rest)
    odd = step(f"and i32 {odd}, 1", odd)
    usual = step(f"add i32 {rest}, -939520001", rest)  # −112 · 2²³ + 2¹² − 1
    usual = step(f"add i32 {usual}, {odd}", usual, odd)
    usual = step(f"lshr i32 {usual}, 13", usual)
    is_tiny = step(f"icmp ult i32 {rest}, 947912704", rest)  # 2⁻¹⁴
    found = step(f"select i1 {is_tiny}, i32 {tiny}, i32 {usual}", is_tiny, tiny, usual)
    too_large = step(f"icmp uge i32 {rest}, 1199570944", rest)  # 65536
    found = step(f"select i1 {too_large}, i32 31744, i32 {found}", too_large, found)
    found = step(f"select i1 {unknown}, i32 32256, i32 {found}", unknown, found)
    shifted = step(f"lshr i32 {sign}, 16", sign)
    found = step(f"or i32 {found}, {shifted}", found, shifted)
    return step(f"trunc i32 {found} to i16", found)
