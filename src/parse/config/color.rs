//! Colours of nodes on the documentation site: a name of CSS or a hexadecimal code.

/// CSS Color Module Level 3, in order.
const NAMES: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue \
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan \
    darkblue darkcyan darkgoldenrod darkgray darkgreen darkkhaki darkmagenta darkolivegreen darkorange \
    darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray darkturquoise darkviolet deeppink \
    deepskyblue dimgray dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold \
    goldenrod gray green greenyellow honeydew hotpink indianred indigo ivory khaki lavender lavenderblush \
    lawngreen lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen \
    lightpink lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow lime \
    limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen \
    mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose \
    moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen \
    paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple rebeccapurple red \
    rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue slateblue \
    slategray snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke \
    yellow yellowgreen";

/// Whether a browser knows the colour, as far as dbt's check goes.
pub fn is_known(color: &str) -> bool {
    let color = color.to_lowercase();
    match color.strip_prefix('#') {
        Some(code) => matches!(code.len(), 3 | 6) && code.chars().all(|c| c.is_ascii_hexdigit()),
        None => NAMES.split_ascii_whitespace().any(|name| name == color),
    }
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn names_and_codes() {
        for good in ["red", "Purple", "#121212", "#ABC", "yellowgreen"] {
            assert!(is_known(good), "{good}");
        }
        for bad in ["notacolor", "#xxx111", "#12", "121212", ""] {
            assert!(!is_known(bad), "{bad}");
        }
    }
}
