import type { Message } from '../text.ts'

/** What is said of disk images: what they are, what they name, and who else uses them. */
export const imagesEn = {
  'image.error.packed': '{file} is compressed ({packing}), so a machine can’t use it.',
  'image.error.packed.hint': 'Unpack {file}, then choose the file inside.',
  'image.error.encrypted': '{file} is encrypted. Encrypted disk images are not supported.',
  'image.error.encrypted.hint': 'Decrypt the image with the program that encrypted it.',
  'image.error.format': '{file} is not a {given} image. Its format is {found}.',
  'image.error.format.hint': 'Choose {found} as the format.',
  'image.error.format.convert': 'Convert {file} to qcow2 or raw first.',
  'image.error.damaged': 'The header of {path} is damaged, so the image was not opened.',
  'image.error.damaged.hint': 'Download or copy the image again.',
  'image.error.missing': '{file} needs a file that is missing: {path}',
  'image.error.protocol': '{file} refers to “{name}”, which is not a file on this computer.',
  'image.error.device': '{file} refers to a device on this computer: {path}',
  'image.error.folder': '{file} refers to a folder on this computer: {path}',
  'image.error.refused.hint': 'Berth never opens such images. Ask the author for a self-contained image.',
  'image.error.elsewhere': '{file} uses another file on this computer: {path}',
  'image.error.elsewhere.hint': 'Allow this file only if you know why the image needs it.',
  'image.error.writesElsewhere': 'With {file}, the machine could write to another file on this computer: {path}',
  'image.error.writesElsewhere.hint': 'Use a copy of the image instead of the original file.',
  'image.error.changed': 'The disk {file} refers to a file that was not allowed when the machine was created: {path}',
  'image.error.changed.hint': 'The machine was not started. Check who changed the disk image.',
} as const satisfies Readonly<Record<string, Message>>

export const imagesKo: Record<keyof typeof imagesEn, Message> = {
  'image.error.packed': '{file} 파일은 압축 파일({packing})이므로 머신에서 사용할 수 없습니다.',
  'image.error.packed.hint': '{file} 파일의 압축을 푼 다음 안에 있는 파일을 선택하세요.',
  'image.error.encrypted': '{file} 파일은 암호화되어 있습니다. 암호화된 디스크 이미지는 지원하지 않습니다.',
  'image.error.encrypted.hint': '암호화한 프로그램으로 먼저 암호를 해제하세요.',
  'image.error.format': '{file} 파일은 {given} 이미지가 아닙니다. 형식은 {found}입니다.',
  'image.error.format.hint': '형식에서 {found} 항목을 선택하세요.',
  'image.error.format.convert': '먼저 {file} 파일을 qcow2나 raw로 변환하세요.',
  'image.error.damaged': '{path} 파일의 헤더가 손상되어 이미지를 열지 않았습니다.',
  'image.error.damaged.hint': '이미지를 다시 내려받거나 복사하세요.',
  'image.error.missing': '{file} 이미지에 필요한 파일이 없습니다: {path}',
  'image.error.protocol': '{file} 이미지가 이 컴퓨터의 파일이 아닌 대상을 열려고 합니다: {name}',
  'image.error.device': '{file} 이미지가 이 컴퓨터의 장치를 열려고 합니다: {path}',
  'image.error.folder': '{file} 이미지가 이 컴퓨터의 폴더를 열려고 합니다: {path}',
  'image.error.refused.hint':
    'Berth는 이런 이미지를 열지 않습니다. 제작자에게 단독으로 쓸 수 있는 이미지를 요청하세요.',
  'image.error.elsewhere': '{file} 이미지가 이 컴퓨터의 다른 파일을 사용합니다: {path}',
  'image.error.elsewhere.hint': '이미지에 이 파일이 필요한 이유를 알 때만 허용하세요.',
  'image.error.writesElsewhere': '{file} 이미지를 쓰면 머신이 이 컴퓨터의 다른 파일을 변경할 수 있습니다: {path}',
  'image.error.writesElsewhere.hint': '원본 대신 이미지의 복사본을 사용하세요.',
  'image.error.changed': '{file} 디스크가 머신을 만들 때 허용하지 않은 파일을 사용합니다: {path}',
  'image.error.changed.hint': '머신을 시작하지 않았습니다. 디스크 이미지를 변경한 프로그램을 확인하세요.',
}
