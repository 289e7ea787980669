// Slack's names of emoji that bots and people use, with what they show; any other name stays as it is written.

const NAMES = `
grinning 😀 smile 😄 smiley 😃 grin 😁 laughing 😆 joy 😂 rolling_on_the_floor_laughing 🤣 slightly_smiling_face 🙂 wink 😉 blush 😊
heart_eyes 😍 sunglasses 😎 thinking_face 🤔 neutral_face 😐 expressionless 😑 unamused 😒 face_with_rolling_eyes 🙄 grimacing 😬
relieved 😌 sleeping 😴 dizzy_face 😵 exploding_head 🤯 partying_face 🥳 confused 😕 worried 😟 open_mouth 😮 astonished 😲 cry 😢
sob 😭 scream 😱 disappointed 😞 sweat 😓 sweat_smile 😅 angry 😠 rage 😡 skull 💀 ghost 👻 alien 👽 robot_face 🤖 poop 💩 see_no_evil 🙈
wave 👋 raised_hand ✋ ok_hand 👌 crossed_fingers 🤞 point_left 👈 point_right 👉 point_up ☝️ point_down 👇 +1 👍 thumbsup 👍 -1 👎
thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 pray 🙏 handshake 🤝 muscle 💪 eyes 👀 eye 👁️ brain 🧠 bust_in_silhouette 👤
busts_in_silhouette 👥 man_shrugging 🤷‍♂️ woman_shrugging 🤷‍♀️ shrug 🤷 heart ❤️ broken_heart 💔 green_heart 💚 blue_heart 💙 100 💯 boom 💥
fire 🔥 sparkles ✨ star ⭐ star2 🌟 zap ⚡ tada 🎉 confetti_ball 🎊 gift 🎁 trophy 🏆 medal 🏅 dart 🎯 rocket 🚀 airplane ✈️ car 🚗 ship 🚢
anchor ⚓ construction 🚧 rotating_light 🚨 traffic_light 🚥 vertical_traffic_light 🚦 house 🏠 office 🏢 factory 🏭 earth_africa 🌍 earth_americas 🌎
earth_asia 🌏 globe_with_meridians 🌐 sunny ☀️ cloud ☁️ rain_cloud 🌧️ snowflake ❄️ umbrella ☔ ocean 🌊 rainbow 🌈 moon 🌔 coffee ☕ beer 🍺
pizza 🍕 cake 🍰 apple 🍎 whale 🐳 whale2 🐋 penguin 🐧 cat 🐱 dog 🐶 bug 🐛 ant 🐜 snake 🐍 turtle 🐢 octopus 🐙 crab 🦀 unicorn_face 🦄
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_multiplication_x ✖️ heavy_plus_sign ➕
heavy_minus_sign ➖ question ❓ grey_question ❔ exclamation ❗ heavy_exclamation_mark ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ warning ⚠️
no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 radioactive_sign ☢️ recycle ♻️ red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡
large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 large_brown_circle 🟤 white_circle ⚪ black_circle ⚫ large_green_square 🟩
large_red_square 🟥 large_yellow_square 🟨 large_orange_square 🟧 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛
small_red_triangle 🔺 small_red_triangle_down 🔻 small_blue_diamond 🔹 small_orange_diamond 🔸 arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️
arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ left_right_arrow ↔️ arrows_counterclockwise 🔄 arrow_forward ▶️ arrow_backward ◀️
fast_forward ⏩ rewind ⏪ double_vertical_bar ⏸️ black_square_for_stop ⏹️ repeat 🔁 information_source ℹ️ new 🆕 up 🆙 ok 🆗 cool 🆒 free 🆓 sos 🆘
id 🆔 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ zero 0️⃣ keycap_ten 🔟 hash #️⃣ hourglass ⌛
hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️ alarm_clock ⏰ watch ⌚ clock1 🕐 clock3 🕒 clock12 🕛 calendar 📅 date 📅 spiral_calendar_pad 🗓️
bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speech_balloon 💬 thought_balloon 💭 email 📧 envelope ✉️ inbox_tray 📥 outbox_tray 📤 package 📦
mailbox 📫 memo 📝 pencil 📝 pencil2 ✏️ page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 clipboard 📋 file_folder 📁 open_file_folder 📂
card_index_dividers 🗂️ wastebasket 🗑️ book 📖 books 📚 closed_book 📕 bookmark 🔖 link 🔗 paperclip 📎 pushpin 📌 round_pushpin 📍 scissors ✂️
lock 🔒 unlock 🔓 closed_lock_with_key 🔐 key 🔑 old_key 🗝️ hammer 🔨 wrench 🔧 hammer_and_wrench 🛠️ gear ⚙️ nut_and_bolt 🔩 toolbox 🧰
magnet 🧲 test_tube 🧪 microscope 🔬 telescope 🔭 satellite_antenna 📡 electric_plug 🔌 battery 🔋 computer 💻 desktop_computer 🖥️ keyboard ⌨️
printer 🖨️ floppy_disk 💾 cd 💿 iphone 📱 telephone ☎️ camera 📷 movie_camera 🎥 bulb 💡 flashlight 🔦 mag 🔍 mag_right 🔎 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 bar_chart 📊 moneybag 💰 dollar 💵 euro 💶 credit_card 💳 receipt 🧾 shopping_trolley 🛒 label 🏷️ ticket 🎫 crown 👑
gem 💎 checkered_flag 🏁 triangular_flag_on_post 🚩 crossed_flags 🎌 white_flag 🏳️ flag-de 🇩🇪 flag-gb 🇬🇧 flag-us 🇺🇸 flag-ie 🇮🇪 flag-fr 🇫🇷 flag-jp 🇯🇵
flag-in 🇮🇳 flag-au 🇦🇺 flag-br 🇧🇷 flag-eu 🇪🇺`;

const KNOWN = new Map(NAMES.trim().split(/\s+/).flatMap((word, index, all) => (index % 2 ? [] : [[word, all[index + 1]]])));

/** What an emoji of that name shows, or its name between colons. */
export const emoji = (name) => KNOWN.get(name) ?? `:${name}:`;

/** Text with the names of emoji between colons replaced by what they show; a skin tone after a name is left out. */
export const withEmoji = (text) =>
  text.replace(/:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g, (found, name) => KNOWN.get(name) ?? found);
